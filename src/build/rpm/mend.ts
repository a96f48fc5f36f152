import { z } from 'zod';

/** File beside the packages that tells what was mended. */
export const MENDS_FILE = 'mends.json';

/**
 * Part of a script: asks the kmodtool of OpenZFS what it would put into the spec. Where it takes
 * the kernel for one that somebody built at home (it does when `/lib/modules/K/build` is there,
 * since 2.2.0), the package would install beside any kernel and index only the running one. Leaves
 * a sed script that mends its output among the sources, and what it mends in a file for `Mend`.
 */
export const FIND_MENDS = `template=$(bash "$top/SOURCES/kmodtool" --target "$(uname -m)" --kmodname zfs-kmod --newest --for-kernels "$kernel" 2> /dev/null) ||
  fail "kmodtool of this release of OpenZFS does not know what to do for $kernel: $template"
mends=
if ! grep -q "^Requires: *kernel-uname-r = $kernel\\$" <<< "$template"; then
  mends="$mends requirement"
fi
if grep -q 'uname -r.*depmod' <<< "$template"; then
  mends="$mends script"
fi
cat > "$top/SOURCES/lockstep-mend.sed" <<END-OF-FILE
\${mends:+# what kmodtool says for kernels that it does not know as packages}
END-OF-FILE
for mend in $mends; do
  case $mend in
    requirement) echo "/^Provides: *kernel-modules-for-kernel = /{p;s/.*/Requires: kernel-uname-r = $kernel/}" ;;
    script) echo "/uname -r.*depmod/s,.*,if [ -d /lib/modules/$kernel ]; then depmod -a $kernel; fi," ;;
  esac
done >> "$top/SOURCES/lockstep-mend.sed"
mended=$(sed -f "$top/SOURCES/lockstep-mend.sed" <<< "$template")
grep -q "^Requires: *kernel-uname-r = $kernel$" <<< "$mended" || fail 'the template of kmodtool could not be mended: it has changed'
! grep -q 'uname -r.*depmod' <<< "$mended" || fail 'the scripts of kmodtool could not be mended: they have changed'
{
  echo '['
  separator=
  for mend in $mends; do
    case $mend in
      requirement) was=none is="Requires: kernel-uname-r = $kernel" ;;
      script) was='depmod -a if uname -r is the kernel' is="depmod -a $kernel" ;;
    esac
    printf '%s{"package": "kmod-zfs-%s", "mend": "%s", "was": "%s", "is": "%s"}' "$separator" "$kernel" "$mend" "$was" "$is"
    separator=,
  done
  echo ']'
} > /out/packages/mends.json`;

/** Something about a package of others that was put right before it was built. */
const Mend = z.object({
  package: z.string(),
  /** `requirement`: it named no kernel. `script`: it indexed only the running kernel. */
  mend: z.enum(['requirement', 'script']),
  was: z.string(),
  is: z.string(),
});
export type Mend = z.infer<typeof Mend>;

/** Reads the JSON of mends. */
export function parseMends(text: string): Mend[] {
  return z.array(Mend).parse(JSON.parse(text));
}
