import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { presentStable, stableTags } from './stable-tags.ts';

const values = { osVersion: '44', kernel: '6.17.7-300.fc44', modules: { zfs: '2.4.1+1' } };

describe('stableTags', () => {
  it('makes tags of what the image holds', () => {
    const templates = ['stable', '{os_version}-{kernel}', 'zfs-{module.zfs}'];

    expect(stableTags(templates, values)).toEqual(['stable', '44-6.17.7-300.fc44', 'zfs-2.4.1_1']);
  });

  it('refuses a tag that a registry would not take', () => {
    const long = { ...values, kernel: 'x'.repeat(128) };

    expect(() => stableTags(['main-{kernel}'], long)).toThrow(/longer than 128/);
  });
});

describe('presentStable', () => {
  it('takes the highest version for a placeholder, and no tag of another meaning', async () => {
    const repository = memoryRegistry().repository('image');
    const tags = ['main-9', 'main-12', 'other', '12', '9', 'candidate-1234567-13', 'br-main-13'];
    for (const tag of tags) await putImage(repository, { tag });

    expect(await presentStable(repository, ['main-{os_version}', 'latest', '{kernel}'])).toEqual([
      'latest',
      'main-12',
    ]);
    expect(await presentStable(repository, ['{os_version}'])).toEqual(['12']);
  });
});
