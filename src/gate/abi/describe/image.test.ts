import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { aTree } from '../../../file/testing/tree-builder.ts';
import { anElf } from '../../../kernel/testing/elf-builder.ts';
import { readNamedImage } from './image.ts';

const RELEASE = '6.12.1';
const FOLDER = `usr/lib/modules/${RELEASE}`;
const VMLINUX = anElf({
  type: 2,
  sections: [{ name: '.data', content: Buffer.alloc(1 << 20, 7) }],
});

async function found(file: string, content: Uint8Array) {
  const tree = aTree({ [`${FOLDER}/${file}`]: content });
  const image = await readNamedImage(tree, { folder: FOLDER, release: RELEASE });
  return { image, again: () => tree.read(`${FOLDER}/${file}`) };
}

describe('readNamedImage', () => {
  it('unpacks an image, and gives its memory back when asked', async () => {
    const { image } = await found('vmlinuz', gzipSync(VMLINUX));
    expect(image?.vmlinux?.bytes.equals(VMLINUX)).toBe(true);

    image?.release();

    expect(image?.vmlinux?.bytes).toHaveLength(0);
  });

  it('leaves to the tree what was not compressed', async () => {
    const { image, again } = await found('vmlinux', VMLINUX);

    image?.release();

    expect(VMLINUX.equals(await again())).toBe(true);
  });

  it('tells an image that cannot be read from none', async () => {
    expect((await found('vmlinuz', Buffer.from('no kernel'))).image).toMatchObject({
      vmlinux: undefined,
    });
    expect((await found('System.map', Buffer.from('none'))).image).toBeUndefined();
  });
});
