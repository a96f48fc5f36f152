import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../system/error.ts';
import { readRpm } from './rpm.ts';
import { readRpmFiles } from './rpm-payload.ts';
import { anRpm } from './testing/rpm-builder.ts';

const rpm = anRpm({
  name: 'kmod-x',
  provides: ['x-kmod = 1-1'],
  files: { '/lib/modules/1/x.ko': 'module', '/etc/x': 'other' },
});

async function filesOf(bytes: Uint8Array, limit = 100): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const wanted = (path: string) => path.endsWith('.ko');
  for await (const { path, content } of readRpmFiles(bytes, wanted, limit)) {
    files[path] = Buffer.from(content).toString();
  }
  return files;
}

describe('readRpmFiles', () => {
  it('gives the files that are wanted', async () => {
    expect(await filesOf(rpm)).toEqual({ 'lib/modules/1/x.ko': 'module' });
  });

  it('reads none that is larger than allowed', async () => {
    await expect(filesOf(rpm, 5)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('names damage as such, wherever it is', async () => {
    const place = fc.nat({ max: rpm.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.nat({ max: 255 }), fc.boolean(), async (at, value, cut) => {
        const damaged = Buffer.from(cut ? rpm.subarray(0, at) : rpm);
        if (!cut) damaged[at] = value;
        try {
          readRpm(damaged);
          await filesOf(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(LockstepError);
        }
      }),
    );
  });
});
