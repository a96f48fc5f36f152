import { COMPRESS } from '../image/finish-script.ts';
import { type RpmTarget, SIGNING_FOLDER } from './prelude.ts';

/** Name of the script among the sources of a package. */
export const FINISH_FILE = 'lockstep-finish.sh';

/**
 * Part of a script: writes the script that goes over the modules of a build root (its argument)
 * after everything else that rpmbuild does to files. Debug information goes, then the signature
 * comes (stripping would break it), then the compression that the kernel's own modules have (a
 * signature stands inside of it). What the kernel's build has finished already stays as it is.
 */
export function finishModules(target: RpmTarget): string {
  return `cat > "$top/SOURCES/${FINISH_FILE}" <<END-OF-HEAD
#!/bin/bash
set -eu
kernel=$kernel
tree=$tree
signing=${target.signing ? 'yes' : 'no'}
compression=${target.compression ?? 'as-configured'}
END-OF-HEAD
cat >> "$top/SOURCES/${FINISH_FILE}" <<'END-OF-FILE'
${BODY}
END-OF-FILE`;
}

const BODY = `configured() { grep -qx "CONFIG_MODULE_COMPRESS_$1=y" "$tree/.config"; }
if [ "$compression" = as-configured ]; then
  compression=none
  if configured XZ; then compression=xz; elif configured ZSTD; then compression=zst; elif configured GZIP; then compression=gz; fi
fi
compress() {
  case $compression in
    xz) ${COMPRESS.xz} "$1" ;;
    zst) ${COMPRESS.zst} "$1" ;;
    gz) ${COMPRESS.gz} "$1" ;;
  esac
}
sign() {
  hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\\(sha[0-9]*\\)"$/\\1/p' "$tree/.config")
  if [ -x "$tree/scripts/sign-file" ]; then
    "$tree/scripts/sign-file" "\${hash:-sha256}" ${SIGNING_FOLDER}/key.pem ${SIGNING_FOLDER}/certificate.pem "$1"
  else
    openssl cms -sign -binary -nosmimecap -noattr -nocerts -outform DER -md "\${hash:-sha256}" \\
      -inkey ${SIGNING_FOLDER}/key.pem -signer ${SIGNING_FOLDER}/certificate.pem -in "$1" -out "$1.p7s"
    size=$(printf '%08x' "$(stat -c %s "$1.p7s")" | sed 's/../\\\\x&/g')
    { cat "$1.p7s"; printf '\\0\\0\\002\\0\\0\\0\\0\\0'; printf "$size"; echo '~Module signature appended~'; } >> "$1"
    rm "$1.p7s"
  fi
}
modules=$(find "$1" -type f -path "*/lib/modules/$kernel/*" -regex '.*\\.ko\\(\\.xz\\|\\.zst\\|\\.gz\\)?' | sort)
[ -n "$modules" ] || { echo 'error: the build left no modules' >&2; exit 1; }
while read -r file; do
  plain=\${file%.ko*}.ko
  if [ "$signing" = no ] && [ "$file" = "$plain.$compression" ]; then continue; fi
  case $file in
    *.xz) xz -d "$file" ;;
    *.zst) zstd -q -d --rm "$file" ;;
    *.gz) gzip -d "$file" ;;
  esac
  strip --strip-debug "$plain"
  [ "$signing" = no ] || sign "$plain"
  chmod 644 "$plain"
  compress "$plain"
done <<< "$modules"`;
