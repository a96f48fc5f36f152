/** A PE file with these sections, as ukify(1) makes of a kernel and what belongs to it. */
export function aUnifiedImage(sections: Readonly<Record<string, Uint8Array | string>>): Buffer {
  const entries = Object.entries(sections).map(([name, content]) => ({
    name,
    content: Buffer.from(content as Uint8Array),
  }));
  const head = Buffer.alloc(0x40 + 24 + 40 * entries.length);
  head.write('MZ');
  head.writeUInt32LE(0x40, 0x3c);
  head.write('PE\0\0', 0x40, 'latin1');
  head.writeUInt16LE(entries.length, 0x46);
  let start = head.length;
  for (const [index, { name, content }] of entries.entries()) {
    const at = 0x58 + 40 * index;
    head.write(name, at);
    head.writeUInt32LE(content.length, at + 8);
    head.writeUInt32LE(content.length + 16, at + 16);
    head.writeUInt32LE(start, at + 20);
    start += content.length + 16;
  }
  return Buffer.concat([head, ...entries.flatMap(({ content }) => [content, Buffer.alloc(16)])]);
}
