import { describe, expect, it } from 'vitest';
import { VECTORS } from '../testing/vectors.ts';
import { BLOCK_SIZE, openBlockCodec } from './codec.ts';

const codec = await openBlockCodec();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('encode', () => {
  it.each(VECTORS)('gives $name the ids and keys that rfs gives it', ({ content, blocks }) => {
    const found = [];
    for (let at = 0; at < content.length; at += BLOCK_SIZE) {
      const { id, key } = codec.encode(content.subarray(at, at + BLOCK_SIZE));
      found.push({ id: hex(id), key: hex(key) });
    }

    expect(found).toEqual(blocks);
  });
});

describe('decode', () => {
  const content = Buffer.from('what a file holds');
  const { stored, ...name } = codec.encode(content);

  it('gives the content back', () => {
    expect(codec.decode(stored, name, content.length)).toEqual({ content });
  });

  it('names a block that is not what its id is the hash of', () => {
    const damaged = Buffer.from(stored);
    damaged[3] = (damaged[3] ?? 0) ^ 1;

    expect(codec.decode(damaged, name)).toMatchObject({ fault: { rule: 'block-damaged' } });
  });

  it('names a key that does not open it', () => {
    const key = Buffer.alloc(32, 7);

    expect(codec.decode(stored, { ...name, key })).toMatchObject({ fault: { rule: 'block-key' } });
  });

  it('names a block of another size before it makes room for it', () => {
    expect(codec.decode(stored, name, 5)).toMatchObject({ fault: { rule: 'block-size' } });
  });
});
