import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const slow = ['{src,dkms-survey,test,testbed}/**/*.slow.test.ts'];
const long = ['{test,testbed}/**/*.long.test.ts'];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,dkms-survey,test,testbed}/**/*.test.ts'],
          exclude: [...slow, ...long],
          setupFiles: ['test/property-seed.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: slow,
          setupFiles: ['test/property-seed.ts'],
          // On a new machine one of them makes the testbed first, and others wait for it.
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
          // Most of them wait for one program at a time: two files keep two cores busy.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'long',
          include: long,
          testTimeout: 3_600_000,
          hookTimeout: 3_600_000,
        },
      },
    ],
  },
});
