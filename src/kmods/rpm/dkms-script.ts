import { askDkmsScript, dkmsScript } from '../../source/recipe-dkms.ts';
import { quoted } from '../../source/shell.ts';
import { LockstepError } from '../../system/error.ts';
import { indexScript } from '../image/mend.ts';
import { FINISH_FILE, finishModules } from './finish-modules.ts';
import { prelude, type RpmTarget } from './prelude.ts';

export interface DkmsBuild {
  name: string;
  version: string;
  /** Package or tarball with a dkms.conf, under `/src`. */
  file: string;
  /** Build for a kernel newer than the module supports. */
  experimental: boolean;
}

const RECIPE_FILE = 'lockstep-dkms.sh';

/**
 * Builds whatever has a dkms.conf by the same recipe as everywhere, inside rpmbuild, and packs the
 * modules as OpenZFS packs its own: for exactly one kernel, and saying so.
 */
export function dkmsRpmScript(build: DkmsBuild, target: RpmTarget): string {
  const recipe = dkmsScript({ ...build, ...target });
  return `${prelude(target, checkedName(build.name))}
cp ${quoted(`/src/${build.file}`)} "$top/SOURCES"
${heredoc(`"$top/SOURCES/${RECIPE_FILE}"`, recipe)}
${finishModules(target)}
${LINK}
${heredoc('"$top/SPECS/kmod.spec"', dkmsSpec(build, target))}
build -ba "$top/SPECS/kmod.spec"
deliver
`;
}

/** Asks the dkms.conf alone whether it excludes the kernel, by the recipe that would build it. */
export function askDkmsRpmScript(build: DkmsBuild, target: RpmTarget): string {
  const recipe = askDkmsScript({ ...build, ...target });
  return `${prelude(target, checkedName(build.name))}
${LINK}
${heredoc(`"$top/${RECIPE_FILE}"`, recipe)}
bash "$top/${RECIPE_FILE}"
`;
}

/** The recipe looks for the headers where DKMS does. */
const LINK = `mkdir -p "/lib/modules/$kernel"
[ -e "/lib/modules/$kernel/build" ] || ln -s "$tree" "/lib/modules/$kernel/build"`;

/** Version as rpm can take it: a dash parts version and release, a colon would be an epoch. */
export function rpmVersion(version: string): string {
  return version.replace(/[^\w.+~^]/g, '_');
}

/** The spec of the package of a module for one kernel. */
export function dkmsSpec(
  { name, version, file }: Pick<DkmsBuild, 'name' | 'version' | 'file'>,
  { kernelRelease }: Pick<RpmTarget, 'kernelRelease'>,
): string {
  const depmod = indexScript(kernelRelease);
  return `Name: kmod-${name}-${kernelRelease}
Version: ${rpmVersion(version)}
Release: 1
Summary: Modules of ${name} for Linux ${kernelRelease}
License: LicenseRef-as-in-the-source
Source0: ${file}
Source1: ${RECIPE_FILE}
Source2: ${FINISH_FILE}
AutoReqProv: no
Requires: kernel-uname-r = ${kernelRelease}
Requires(post): kmod
Requires(postun): kmod
Provides: kernel-modules-for-kernel = ${kernelRelease}
Provides: kmod-${name}-uname-r = ${kernelRelease}
Provides: ${name}-kmod = %{version}-%{release}
%define __os_install_post bash %{SOURCE2} %{buildroot}
%define modules /usr/lib/modules/${kernelRelease}/extra/${name}

%description
Kernel modules of ${name}, built by lockstep for exactly Linux ${kernelRelease}.

%prep

%build
bash %{SOURCE1}

%install
mkdir -p %{buildroot}%{modules}
cp /out/modules/*.ko %{buildroot}%{modules}
rm -rf /out/modules

%post
${depmod}

%postun
${depmod}

%files
%dir %{modules}
%{modules}/*
`;
}

function heredoc(path: string, content: string): string {
  return `cat > ${path} <<'END-OF-LOCKSTEP'\n${content}END-OF-LOCKSTEP`;
}

/** A name of a module becomes part of names of packages and paths. */
function checkedName(name: string): string {
  if (/^[a-zA-Z0-9][\w+.-]*$/.test(name)) return name;
  throw new LockstepError('config', `${JSON.stringify(name)} cannot be part of a package's name`);
}
