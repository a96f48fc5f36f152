/** A `modules.*.bin` with these values, one node for each byte of a key (kmod: depmod.c). */
export function aModuleIndex(values: readonly { key: string; value: string }[]): Buffer {
  const parts: Buffer[] = [Buffer.from('b007f45700020001', 'hex'), Buffer.alloc(4)];
  let size = 12;
  const add = (bytes: Buffer): number => {
    const at = size;
    parts.push(bytes);
    size += bytes.length;
    return at;
  };
  const node = (prefix: string): number => {
    const own = values.filter(({ key }) => key === prefix);
    const deeper = values.filter(({ key }) => key.length > prefix.length && key.startsWith(prefix));
    const next = [...new Set(deeper.map(({ key }) => key.charCodeAt(prefix.length)))].sort(
      (a, b) => a - b,
    );
    const children = childrenOf(next, (byte) => node(prefix + String.fromCharCode(byte)));
    const ends = own.map(({ value }) =>
      Buffer.concat([Buffer.alloc(4), Buffer.from(`${value}\0`)]),
    );
    const count = Buffer.alloc(own.length > 0 ? 4 : 0);
    if (own.length > 0) count.writeUInt32BE(own.length);
    const flags = (own.length > 0 ? 0x40000000 : 0) + (next.length > 0 ? 0x20000000 : 0);
    return add(Buffer.concat([children, count, ...ends])) + flags;
  };
  const root = node('');
  parts[1]?.writeUInt32BE(root >>> 0);
  return Buffer.concat(parts);
}

function childrenOf(bytes: readonly number[], node: (byte: number) => number): Buffer {
  const [first] = bytes;
  const last = bytes.at(-1);
  if (first == null || last == null) return Buffer.alloc(0);
  const table = Buffer.alloc(2 + 4 * (last - first + 1));
  table[0] = first;
  table[1] = last;
  for (const byte of bytes) table.writeUInt32BE(node(byte) >>> 0, 2 + 4 * (byte - first));
  return table;
}
