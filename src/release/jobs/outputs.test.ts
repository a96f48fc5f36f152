import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedBuild } from './document.ts';
import { buildJobs, imageJobs, outputsOf } from './outputs.ts';

function aBuild(stream: string, kernel: string): PlannedBuild {
  return { key: `${stream}/${kernel}`, kernel, stream, modules: ['zfs 2.4'], for: [stream] };
}

const anImage = (stream: string) => ({
  stream,
  kernels: ['6.1'],
  steps: ['compose' as const],
  why: 'no candidate',
});

describe(outputsOf, () => {
  it('says that there is nothing to build and nothing to compose', () => {
    expect(outputsOf({ kmods: { include: [] }, images: { include: [] } })).toEqual({
      kmods: '{"include":[]}',
      images: '{"include":[]}',
      builds: 'false',
      composes: 'false',
    });
  });
});

describe(buildJobs, () => {
  it('leaves each build a job of its own while they fit', () => {
    const builds = ['a', 'b'].map((stream) => aBuild(stream, '6.1'));

    expect(buildJobs(builds, 2)).toEqual(builds);
  });

  it('gives every build to exactly one job, whatever there is of them', () => {
    const streams = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 40 });
    fc.assert(
      fc.property(
        streams,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 9 }),
        (names, kernels, most) => {
          const builds = names.flatMap((name) =>
            Array.from({ length: kernels }, (_, at) => aBuild(name, `6.${at}`)),
          );

          const jobs = buildJobs(builds, most);

          expect(jobs.length).toBeLessThanOrEqual(Math.max(most, 0));
          const given = jobs.flatMap(({ stream, kernel }) =>
            // As run --only build takes them: what is planned of these streams for these kernels.
            builds.filter(
              (one) =>
                stream.split(' ').includes(one.stream) && kernel.split(' ').includes(one.kernel),
            ),
          );
          expect(given.map(({ key }) => key).sort()).toEqual(builds.map(({ key }) => key).sort());
        },
      ),
    );
  });
});

describe(imageJobs, () => {
  it('puts several streams into one job where there are more than a matrix may hold', () => {
    const names = Array.from({ length: 600 }, (_, at) => `s${at}`);

    const jobs = imageJobs(names.map(anImage));

    expect(jobs.length).toBeLessThanOrEqual(256);
    expect(jobs.flatMap(({ stream }) => stream.split(' '))).toEqual(names);
  });
});
