import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes, the longest first; the last to start would keep one core idle. */
const LONGEST = [
  'test/pipeline.slow.test.ts',
  'test/fedora.slow.test.ts',
  'test/kill.slow.test.ts',
  'test/dkms-packages.slow.test.ts',
  'test/several-kernels.slow.test.ts',
  'test/jobs.slow.test.ts',
  'test/module-sets.slow.test.ts',
  'src/gate/boot/gate.slow.test.ts',
];

/**
 * On a machine that has run no tests yet the size of a file is all that is known of it, and says
 * little: the longest are started first whatever their size.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return rank < 0 ? LONGEST.length : rank;
}
