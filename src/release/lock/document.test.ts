import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../system/error.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { aDeb, aDebianInputs, anRpmInputs } from '../testing/inputs.ts';
import { parseLock } from './document.ts';
import { formatLock } from './format.ts';

const debian = aDebianInputs({ packages: { image: [aDeb('zfsutils-linux'), aDeb('libzfs4')] } });
const rpm = anRpmInputs();
const text = formatLock(
  new Map<string, Inputs>([
    [rpm.stream, rpm],
    [debian.stream, debian],
  ]),
);

function messageOf(wrong: string): string {
  try {
    parseLock(wrong, 'lockstep.lock.json');
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'config') return error.message;
    throw error;
  }
  return 'nothing was wrong';
}

describe(formatLock, () => {
  it('writes the same text for the same inputs, whatever their order', () => {
    const again = new Map<string, Inputs>([
      [debian.stream, { ...debian, tools: { buildah: '1.28.2', node: '24.0.0' } }],
      [rpm.stream, Object.fromEntries(Object.entries(rpm).reverse()) as typeof rpm],
    ]);

    expect(formatLock(again)).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('gives each package a line of its own', () => {
    const lines = text.split('\n').filter((line) => line.includes('"zfsutils-linux"'));

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^ +\{ "name": "zfsutils-linux", .* \},?$/);
  });
});

describe(parseLock, () => {
  it('reads what was written, and the inputs of a single run', () => {
    expect([...parseLock(text, 'x').values()]).toEqual([debian, rpm]);
    expect([...parseLock(JSON.stringify(rpm), 'x')]).toEqual([[rpm.stream, rpm]]);
  });

  it.each([
    ['REPLACE_ME', '"kernelRelease": "6.1.0-50-cloud-amd64"', '"kernelRelease": "REPLACE_ME"'],
    ['zeros', rpm.base.digest, `sha256:${'0'.repeat(64)}`],
    ['one digit', rpm.base.digest, `sha256:${'a'.repeat(64)}`],
    ['a repeated word', rpm.base.digest, `sha256:${'deadbeef'.repeat(8)}`],
    ['no version', '"version": "2.4.3"', '"version": ""'],
    ['angle brackets', '"kernelRelease": "6.1.0-50-cloud-amd64"', '"kernelRelease": "<kernel>"'],
  ])('refuses placeholders with their place: %s', (_, from, to) => {
    const message = messageOf(text.replace(from, to));

    expect(message).toMatch(/^lockstep\.lock\.json:\d+:\d+: streams\..+: is a placeholder: "/);
    const [, line = 0] = /json:(\d+):/.exec(message) ?? [];
    expect(text.replace(from, to).split('\n')[Number(line) - 1]).toContain(to);
  });

  it('refuses inputs that were edited', () => {
    expect(messageOf(text.replace('6.1.0-50-cloud', '6.1.0-51-cloud'))).toContain(
      'streams.debian-acpi.inputs: were edited',
    );
    expect(messageOf(text.replace(aDeb('libzfs4').sha256, aDeb('other').sha256))).toContain(
      'streams.debian-acpi.inputs.image.packages.digest: is not the digest of the packages',
    );
    expect(messageOf(text.replace('"debian-acpi": {', '"debian-other": {'))).toContain(
      'stream: is not',
    );
  });

  it('tells the line of what is no JSON, and of unknown keys', () => {
    expect(messageOf(`{\n"schema_version": 1,\n<<<<<<< HEAD\n}`)).toMatch(/json:3:1: not JSON/);
    expect(messageOf(text.replace('"streams"', '"extra": 1,\n  "streams"'))).toContain(
      'lockstep.lock.json:3:12: extra: is not a known key',
    );
    expect(messageOf('{"schema_version": 2, "streams": {}}')).toContain(':1:20: schema_version:');
    expect(messageOf('')).toMatch(/json:1:1: not JSON/);
  });

  it('throws nothing but config for any change of its text', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 3 }), (at, middle) => {
        const message = messageOf(text.slice(0, at) + middle + text.slice(at + middle.length));
        expect(message).toMatch(/^(nothing was wrong|lockstep\.lock\.json:\d+:\d+: )/);
      }),
      { numRuns: 60 },
    );
  });
});
