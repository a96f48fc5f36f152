import type { KernelExport } from '../module/exports.ts';

/**
 * Reads `Module.symvers` (Documentation/kbuild/modules.rst): CRC, symbol, owner, kind and, since
 * Linux 5.4, namespace, with tabs between. A line of another form is left out. A CRC of zero is no
 * CRC: the kernel was built without MODVERSIONS.
 */
export function readSymvers(text: string): KernelExport[] {
  const exports: KernelExport[] = [];
  for (const line of text.split('\n')) {
    const [crc, name, owner, kind, namespace] = line.split('\t');
    if (!crc?.startsWith('0x') || !name || !owner || !kind?.startsWith('EXPORT_')) continue;
    const value = Number(crc);
    exports.push({
      name,
      crc: value === 0 || Number.isNaN(value) ? undefined : value,
      gplOnly: kind.includes('_GPL'),
      namespace: namespace?.trim() ?? '',
      owner: ownerName(owner),
    });
  }
  return exports;
}

/** `drivers/net/tun` and `drivers/net/tun.ko` are the module `tun`; `vmlinux` stays. */
function ownerName(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.k?o$/, '');
  return base.replaceAll('-', '_');
}
