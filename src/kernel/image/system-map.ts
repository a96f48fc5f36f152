import type { KernelExport } from '../module/exports.ts';

/**
 * What a `System.map` tells of the symbols that a kernel exports: their names, whether they are
 * GPL-only (by the table that they stand in; not since Linux 7.1), and their CRCs where they are
 * symbols too (before Linux 5.19). Namespaces are not in it. Debian's are stubs without symbols.
 */
export function readSystemMapExports(text: string): KernelExport[] {
  const addresses = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [address, , name] = line.split(' ');
    if (address && name) addresses.set(name, address.padStart(16, '0'));
  }
  const gplStart = addresses.get('__start___ksymtab_gpl');
  const gplStop = addresses.get('__stop___ksymtab_gpl');
  const exports: KernelExport[] = [];
  for (const [symbol, address] of addresses) {
    if (!symbol.startsWith('__ksymtab_')) continue;
    const name = symbol.slice('__ksymtab_'.length);
    const crc = addresses.get(`__crc_${name}`);
    exports.push({
      name,
      crc: crc == null ? undefined : Number.parseInt(crc.slice(-8), 16),
      gplOnly: gplStart != null && gplStop != null && address >= gplStart && address < gplStop,
      namespace: '',
      owner: 'vmlinux',
    });
  }
  return exports;
}
