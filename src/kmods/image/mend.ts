import { z } from 'zod';
import { quoted } from '../../source/shell.ts';

/** File beside the packages that tells what was mended. */
export const MENDS_FILE = 'mends.json';

/** Name of the sed script among the sources of a package. */
export const MEND_FILE = 'lockstep-mend.sed';

/**
 * What a package of modules runs when it is installed: the index of exactly its kernel, which in
 * an image build is not the running one.
 */
export function indexScript(kernel: string): string {
  return `if [ -d /lib/modules/${kernel} ]; then depmod -a ${kernel}; fi`;
}

/**
 * Part of a script: asks kmodtool (a path, for the shell) what it would put into the spec of a
 * module. Where it takes the kernel for one that somebody built at home (that of OpenZFS does when
 * `/lib/modules/K/build` is there, since 2.2.0), the package would install beside any kernel and
 * index only the running one. Where the shell's `$uncommon` is set, the package that kmodtool takes
 * for granted beside every module is one that nobody makes. Leaves a sed script that mends its
 * output among the sources, and what it mends in a file for `Mend`.
 */
export function findMends(kmodtool: string, name: string): string {
  return `name=${quoted(name)}
template=$(bash "${kmodtool}" --target "$(uname -m)" --kmodname "$name-kmod" --newest --for-kernels "$kernel" 2> /dev/null) ||
  fail "kmodtool does not know what to do for $kernel: $template"
${FIND_MENDS}`;
}

const FIND_MENDS = `mends=
if ! grep -q "^Requires: *kernel-uname-r = $kernel\\$" <<< "$template"; then
  mends="$mends requirement"
fi
if grep -q 'uname -r.*depmod' <<< "$template"; then
  mends="$mends script"
fi
if [ -n "\${uncommon:-}" ] && grep -q "^Requires: *$name-kmod-common" <<< "$template"; then
  mends="$mends common"
fi
cat > "$top/SOURCES/${MEND_FILE}" <<END-OF-FILE
\${mends:+# what kmodtool says for kernels that it does not know as packages}
END-OF-FILE
for mend in $mends; do
  case $mend in
    requirement) echo "/^Provides: *kernel-modules-for-kernel = /{p;s/.*/Requires: kernel-uname-r = $kernel/}" ;;
    script) echo "/uname -r.*depmod/s,.*,${indexScript('$kernel')}," ;;
    common) echo "/^Requires: *$name-kmod-common/d" ;;
  esac
done >> "$top/SOURCES/${MEND_FILE}"
mended=$(sed -f "$top/SOURCES/${MEND_FILE}" <<< "$template")
grep -q "^Requires: *kernel-uname-r = $kernel$" <<< "$mended" || fail 'the template of kmodtool could not be mended: it has changed'
! grep -q 'uname -r.*depmod' <<< "$mended" || fail 'the scripts of kmodtool could not be mended: they have changed'
{
  echo '['
  separator=
  for mend in $mends; do
    case $mend in
      requirement) was=none is="Requires: kernel-uname-r = $kernel" ;;
      script) was='depmod -a if uname -r is the kernel' is="depmod -a $kernel" ;;
      common) was="Requires: $name-kmod-common" is=none ;;
    esac
    printf '%s{"package": "kmod-%s-%s", "mend": "%s", "was": "%s", "is": "%s"}' "$separator" "$name" "$kernel" "$mend" "$was" "$is"
    separator=,
  done
  echo ']'
} > /out/packages/mends.json`;

/** Something about a package of others that was put right before or after it was built. */
const Mend = z.object({
  package: z.string(),
  /**
   * `requirement`: it named no kernel. `script`: it indexed only the running kernel. `common`: it
   * required a package of user space that the repository has no recipe of. `signature`: it was
   * signed, and what is signed has been mended.
   */
  mend: z.enum(['requirement', 'script', 'common', 'signature']),
  was: z.string(),
  is: z.string(),
});
export type Mend = z.infer<typeof Mend>;

/** Reads the JSON of mends. */
export function parseMends(text: string): Mend[] {
  return z.array(Mend).parse(JSON.parse(text));
}
