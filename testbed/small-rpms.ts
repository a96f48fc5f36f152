import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../src/system/digest.ts';
import type { Place } from '../truth/kernels/place.ts';
import { buildRpms, rpmsIn } from './rpmbuild.ts';
import { SMALL_PACKAGES } from './small-packages.ts';

/** Builds the small packages once. */
export async function smallRpms(place: Place): Promise<string[]> {
  await mkdir(join(place.cache, 'rpms'), { recursive: true });
  const rpms: string[] = [];
  for (const spec of SMALL_PACKAGES) {
    const output = join(place.cache, 'rpms', `small-${digestOf(spec).slice(7, 19)}`);
    const there = existsSync(output);
    rpms.push(
      ...(there ? await rpmsIn(output) : await buildRpms(spec, { output, env: place.env })),
    );
  }
  return rpms;
}
