import { versionOfRelease } from '../kernel/version/release.ts';
import type { KernelRange } from './module-source.ts';

/** Where a kernel stands against a range; `unknown` when its release tells no version. */
export type Standing = 'inside' | 'below' | 'above' | 'unknown';

/**
 * Compares a kernel with a range of versions, part by part and as numbers, on as many parts as the
 * bound has: 6.1.176 is inside "up to 6.1", and 6.10 is above it (OpenZFS, config/kernel.m4).
 */
export function standingOf(kernelRelease: string, range: KernelRange): Standing {
  const version = versionOfRelease(kernelRelease);
  if (!version) return 'unknown';
  const kernel = [version.major, version.minor, version.patch];
  if (range.min && compareParts(kernel, partsOf(range.min)) < 0) return 'below';
  if (range.max && compareParts(kernel, partsOf(range.max)) > 0) return 'above';
  return 'inside';
}

/** The range in words: `Linux 4.18 to 6.14`. */
export function describeRange({ min, max }: KernelRange): string {
  if (min && max) return min === max ? `Linux ${min}` : `Linux ${min} to ${max}`;
  if (max) return `Linux up to ${max}`;
  return min ? `Linux from ${min} on` : 'any Linux';
}

function partsOf(bound: string): number[] {
  return (/^\d+(?:\.\d+){0,2}/.exec(bound)?.[0] ?? '0').split('.').map(Number);
}

function compareParts(kernel: readonly number[], bound: readonly number[]): number {
  for (const [index, part] of bound.entries()) {
    const order = (kernel[index] ?? 0) - part;
    if (order !== 0) return order;
  }
  return 0;
}
