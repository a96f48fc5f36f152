import { describe, expect, it } from 'vitest';
import { flavourOf, releaseOfPackage } from './kernel.ts';

describe(releaseOfPackage, () => {
  it.each([
    ['linux-image-6.1.0-56-cloud-amd64', '6.1.0-56-cloud-amd64'],
    ['linux-image-6.12.117+deb13-amd64', '6.12.117+deb13-amd64'],
    ['linux-image-6.1.0-56-amd64-unsigned', '6.1.0-56-amd64'],
    ['linux-image-6.12-amd64', undefined],
    ['linux-image-cloud-amd64', undefined],
    ['linux-headers-6.1.0-56-amd64', undefined],
  ])('reads %s as %s', (name, release) => {
    expect(releaseOfPackage(name)).toBe(release);
  });
});

describe(flavourOf, () => {
  it.each([
    ['6.1.0-56-cloud-amd64', 'cloud-amd64'],
    ['6.1.0-0.deb11.7-amd64', 'amd64'],
    ['6.12.90+deb13.1-rt-amd64', 'rt-amd64'],
    ['6.12.9+bpo-amd64', 'amd64'],
    ['7.2.12+deb13-arm64-16k', 'arm64-16k'],
  ])('of %s is %s', (release, flavour) => {
    expect(flavourOf(release)).toBe(flavour);
  });
});
