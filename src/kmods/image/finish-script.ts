import type { ModuleCompression } from '../../kernel/module/compression.ts';
import { debNameOf } from '../../package/deb-name.ts';

export interface FinishRequest {
  kernelRelease: string;
  /** Name and version of the package of the exact kernel that the modules are for. */
  kernelPackage: { name: string; version: string };
  module: { name: string; version: string };
  architecture: string;
  compression: ModuleCompression;
}

/** Shell commands that take the name of a module and leave it compressed as the kernel can read it. */
export const COMPRESS: Record<ModuleCompression, string> = {
  none: ':',
  // The kernel's own decompressor knows CRC32 and a dictionary of at most 2 MiB (lib/xz, modinst).
  xz: 'xz --check=crc32 --lzma2=dict=1MiB',
  zst: 'zstd -q --rm',
  gz: 'gzip -n',
};

/** Name of the package that holds the modules of a source for one kernel. */
export function kmodPackageName(module: string, kernelRelease: string): string {
  return `${debNameOf(module)}-modules-${kernelRelease}`;
}

/**
 * Shell script for the builder root: takes the modules under `/out/modules`, parts them from their
 * debug information, compresses them as the kernel's own are and packs both as packages into
 * `/out/packages`. The package depends on exactly the kernel that it was built for.
 */
export function finishScript(request: FinishRequest): string {
  const { kernelRelease, module, compression } = request;
  const name = kmodPackageName(module.name, kernelRelease);
  return `#!/bin/sh
set -eu
cd /out
rm -rf package debug && mkdir -p packages package/DEBIAN debug/DEBIAN
modules=package/usr/lib/modules/${kernelRelease}/updates/${module.name}
symbols=debug/usr/lib/debug/lib/modules/${kernelRelease}/updates/${module.name}
mkdir -p "$modules" "$symbols"
find modules -name '*.ko' -type f | sort | while read -r ko; do
  base=$(basename "$ko")
  objcopy --only-keep-debug "$ko" "$symbols/$base.debug"
  cp "$ko" "$modules/$base"
  strip --strip-debug "$modules/$base"
done
[ -n "$(ls "$modules")" ] || { echo 'error: the build left no modules' >&2; exit 1; }
find "$modules" -name '*.ko' | while read -r ko; do ${COMPRESS[compression]} "$ko"; done
${write('package/DEBIAN/control', control(request, name))}
${write('package/DEBIAN/postinst', depmodScript(kernelRelease))}
${write('package/DEBIAN/postrm', depmodScript(kernelRelease))}
chmod 755 package/DEBIAN/postinst package/DEBIAN/postrm
${write('debug/DEBIAN/control', debugControl(request, name))}
find package debug -exec touch -h -d "@\${SOURCE_DATE_EPOCH:-0}" {} +
dpkg-deb --root-owner-group -Zxz -z1 --build package packages
dpkg-deb --root-owner-group -Zxz -z0 --build debug packages
`;
}

function write(path: string, content: string): string {
  return `cat > ${path} <<'END-OF-FILE'\n${content}END-OF-FILE`;
}

function control(request: FinishRequest, name: string): string {
  const { kernelPackage, module, kernelRelease } = request;
  return `Package: ${name}
Version: ${module.version}
Architecture: ${request.architecture}
Maintainer: lockstep
Section: kernel
Priority: optional
Depends: ${kernelPackage.name} (= ${kernelPackage.version}), kmod
Provides: ${debNameOf(module.name)}-modules (= ${module.version})
Description: ${module.name} modules for Linux ${kernelRelease}
 Built by lockstep for exactly this kernel.
`;
}

function debugControl(request: FinishRequest, name: string): string {
  return `Package: ${name}-dbg
Version: ${request.module.version}
Architecture: ${request.architecture}
Maintainer: lockstep
Section: debug
Priority: optional
Depends: ${name} (= ${request.module.version})
Description: debug information of ${name}
`;
}

/** Indexes the kernel that the package is for, whatever kernel happens to run. */
function depmodScript(kernelRelease: string): string {
  return `#!/bin/sh
set -e
if [ -d /usr/lib/modules/${kernelRelease} ] && command -v depmod >/dev/null; then
  depmod -a ${kernelRelease}
fi
`;
}
