import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aUnifiedImage } from '../testing/unified-image.ts';
import { readKernelImage } from './image.ts';
import { unifiedSection, unifiedText } from './unified.ts';

const ELF = Buffer.from('\x7fELF and more', 'latin1');
const image = aUnifiedImage({ '.osrel': 'ID=x', '.uname': '6.12.1-test\n\0', '.linux': ELF });

describe('unifiedSection', () => {
  it('reads sections without what pads them', () => {
    expect(unifiedSection(image, '.linux')).toEqual(ELF);
    expect(unifiedText(image, '.uname')).toBe('6.12.1-test');
    expect(unifiedSection(image, '.initrd')).toBeUndefined();
  });

  it('takes every part of an image, and whatever was done to it', () => {
    fc.assert(
      fc.property(fc.nat(image.length), fc.nat(image.length - 1), fc.nat(255), (end, at, byte) => {
        const damaged = Buffer.from(image);
        damaged[at] = byte;
        unifiedSection(damaged.subarray(0, end), '.linux');
      }),
    );
    expect(unifiedSection(Buffer.from('MZ'), '.linux')).toBeUndefined();
  });
});

describe('readKernelImage', () => {
  it('reads the kernel of a unified image', () => {
    expect(readKernelImage(image, (bytes) => bytes)).toEqual(ELF);
  });
});
