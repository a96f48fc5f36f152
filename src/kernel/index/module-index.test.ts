import { describe, expect, it } from 'vitest';
import { readModuleIndex } from './module-index.ts';

/** Root with children `a` (value `one`) and `b` (prefix `cd`, values `two`, `three`). */
function anIndex(): Buffer {
  const one = Buffer.from('\0\0\0\x01\0\0\0\0one\0', 'latin1');
  const two = Buffer.from('cd\0\0\0\0\x02\0\0\0\x01two\0\0\0\0\x02three\0', 'latin1');
  const root = Buffer.alloc(10);
  root.write('ab', 0, 'latin1');
  root.writeUInt32BE((0x40000000 + 12 + 10) >>> 0, 2);
  root.writeUInt32BE((0xc0000000 + 12 + 10 + one.length) >>> 0, 6);
  const head = Buffer.from('b007f4570002000100000000', 'hex');
  head.writeUInt32BE(0x20000000 + 12, 8);
  return Buffer.concat([head, root, one, two]);
}

describe('readModuleIndex', () => {
  it('reads prefixes, children and values', () => {
    expect(readModuleIndex(anIndex())).toEqual([
      { key: 'a', value: 'one', priority: 0 },
      { key: 'bcd', value: 'two', priority: 1 },
      { key: 'bcd', value: 'three', priority: 2 },
    ]);
  });

  it('refuses a tree that leads back into itself', () => {
    const index = anIndex();
    index.writeUInt32BE(0x20000000 + 12, 14);

    expect(() => readModuleIndex(index)).toThrow(/a loop/);
  });

  it('refuses a tree that leads out of the file, and another file', () => {
    const index = anIndex();

    expect(() => readModuleIndex(index.subarray(0, -1))).toThrow(/ends early/);
    expect(() => readModuleIndex(Buffer.from('something else'))).toThrow(/not a module index/);
  });
});
