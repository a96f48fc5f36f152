import { describe, expect, it } from 'vitest';
import { readSystemMapExports } from './system-map.ts';

const MAP = `0000000012345678 A __crc_kmalloc
ffffffff82000000 R __start___ksymtab
ffffffff82000000 r __ksymtab_kmalloc
ffffffff8200000c R __start___ksymtab_gpl
ffffffff8200000c r __ksymtab_gpl_one
ffffffff82000018 R __stop___ksymtab_gpl
ffffffff81000000 T kmalloc
`;

describe('readSystemMapExports', () => {
  it('reads names, GPL-only by the table, and CRCs that are symbols', () => {
    expect(readSystemMapExports(MAP)).toEqual([
      { name: 'kmalloc', crc: 0x12345678, gplOnly: false, namespace: '', owner: 'vmlinux' },
      { name: 'gpl_one', crc: undefined, gplOnly: true, namespace: '', owner: 'vmlinux' },
    ]);
  });

  it('finds nothing in the stub of Debian', () => {
    expect(readSystemMapExports('ffffffffffffffff B The real System.map is elsewhere\n')).toEqual(
      [],
    );
  });
});
