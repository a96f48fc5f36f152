import { quoted } from '../../source/shell.ts';
import { findMends, MEND_FILE } from '../image/mend.ts';
import { FINISH_FILE, finishModules } from './finish-modules.ts';
import { prelude, type RpmTarget } from './prelude.ts';

/** A module that a spec file of others packs, as akmods does. */
export interface SpecBuild {
  /** Of the packages: `NAME` of `NAME-kmod.spec`. */
  name: string;
  /** Tar file under `/src` of the folder with the spec and what lies beside it. */
  file: string;
  spec: string;
  /** Further sources under `/src`. */
  elsewhere: readonly string[];
}

/**
 * Builds a `NAME-kmod.spec` for exactly one kernel, as the farms that use kmodtool do. What kmodtool
 * puts into the spec is mended where that is needed, and the modules are finished as everywhere.
 */
export function specRpmScript(build: SpecBuild, target: RpmTarget): string {
  const elsewhere = build.elsewhere.map((file) => quoted(`/src/${file}`));
  return `${prelude(target, build.name)}
tar -xf ${quoted(`/src/${build.file}`)} -C "$top/SOURCES"
${elsewhere.length > 0 ? `cp ${elsewhere.join(' ')} "$top/SOURCES"` : ''}
spec=$top/SPECS/${build.spec}
cp "$top/SOURCES/${build.spec}" "$spec"
${finishModules(target)}
${KMODTOOL}
${findMends('$kmodtool', build.name)}
${MENDED_SPEC}
build -ba --define "kernels $kernel" "$spec"
deliver
`;
}

/**
 * Some specs bring a copy of kmodtool. It has every package require `NAME-kmod-common`, which a
 * spec of its own makes for user space if the module has any.
 */
const KMODTOOL = `kmodtool=$(command -v kmodtool || true)
[ ! -f "$top/SOURCES/kmodtool" ] || kmodtool=$top/SOURCES/kmodtool
[ -n "$kmodtool" ] || fail 'kmodtool is not installed in the builder: name the package kmodtool in builder.packages'
uncommon=
grep -qE '^(%package.*[ -]common|Provides:.*-kmod-common)' "$spec" || uncommon=yes`;

/** The line that puts the output of kmodtool into a spec; it is looked for afterwards. */
const MENDED_SPEC = `sed -i -e 's,^%{expand:%(\\(.*\\)) *} *$,Source9901: ${MEND_FILE}\\nSource9902: ${FINISH_FILE}\\n%define __os_install_post bash %{SOURCE9902} %{buildroot}\\n%{expand:%(\\1 | sed -f %{SOURCE9901}) },' "$spec"
grep -qF 'sed -f %{SOURCE9901}' "$spec" || fail "$(basename "$spec") does not call kmodtool in a line %{expand:%(kmodtool ...) }, as specs of modules for given kernels do"`;
