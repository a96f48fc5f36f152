import { describe, expect, it } from 'vitest';
import { digestOf } from '../system/digest.ts';
import type { Platform } from './descriptor.ts';
import { OCI_MANIFEST } from './media-type.ts';
import { imageFor, platformText } from './platform.ts';

const platformOf = (text: string): Platform => {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant ? { variant } : {}) };
};
const chosen = (listed: string[], wanted: string) => {
  const images = listed.map((text) => {
    const platform = platformOf(text);
    return { mediaType: OCI_MANIFEST, digest: digestOf(text), size: 1, platform };
  });
  const found = imageFor(images, platformOf(wanted))?.platform;
  return found && platformText(found);
};

describe(imageFor, () => {
  it.each([
    ['linux/amd64', 'linux/amd64', ['linux/amd64/v2', 'linux/amd64']],
    ['linux/amd64', 'linux/amd64', ['linux/amd64/v3', 'linux/arm64', 'linux/amd64']],
    ['linux/amd64', 'linux/amd64/v1', ['linux/amd64/v2', 'linux/amd64/v1']],
    ['linux/amd64/v2', 'linux/amd64/v2', ['linux/amd64', 'linux/amd64/v2']],
    ['linux/amd64/v3', 'linux/amd64/v2', ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4']],
    ['linux/amd64/v3', 'linux/amd64', ['linux/amd64', 'linux/amd64/v4']],
    ['linux/amd64', undefined, ['linux/amd64/v2', 'linux/arm64']],
    ['linux/arm64', 'linux/arm64/v8', ['linux/amd64', 'linux/arm64/v8']],
    ['linux/arm64', 'linux/arm64', ['linux/arm64/v8', 'linux/arm64']],
    ['linux/arm/v7', 'linux/arm/v6', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm/v8']],
    ['linux/riscv64/x', 'linux/riscv64/x', ['linux/riscv64', 'linux/riscv64/x']],
    ['linux/s390x', undefined, ['windows/s390x', 'linux/amd64']],
  ])('asked for %s takes %s of %j', (wanted, expected, listed) => {
    expect(chosen(listed, wanted)).toBe(expected);
  });
});
