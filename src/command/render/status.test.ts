import { describe, expect, it } from 'vitest';
import type { StreamStatus } from '../../release/status/status.ts';
import { PLAIN } from '../text/style.ts';
import { statusText } from './status.ts';

describe(statusText, () => {
  it('tells times as people read them, with the age', () => {
    const since = new Date(2026, 10, 20, 7, 30).toISOString();
    const status: StreamStatus = {
      stream: 'kinoite-zfs',
      state: 'behind',
      upstreamKernel: '6.18.9',
      stableKernels: ['6.18.8'],
      modules: { zfs: '2.4.1' },
      flists: [
        { tag: 'firmware-latest', digest: `sha256:${'a'.repeat(64)}`, routes: ['00-ff=dir:///b'] },
        {
          tag: 'modules-6.18.8-latest',
          kernel: '6.18.8',
          digest: `sha256:${'b'.repeat(64)}`,
          routes: ['00-7f=dir:///b', '80-ff=dir:///\u001b[2J'],
        },
      ],
      signature: 'unsigned',
      lag: { kernels: ['6.18.9'], since, seconds: 6 * 86_400 },
      rolledBack: { since, seconds: 6 * 86_400 },
      lastRun: { id: 'r-1', outcome: 'failed', finished: since, findings: [] },
    };
    const context = { style: PLAIN, now: () => new Date(2026, 10, 26, 12) };
    const text = statusText(status, context);

    expect(text.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, ' '))).toEqual([
      'kinoite-zfs behind',
      'upstream 6.18.9',
      'stable 6.18.8, zfs 2.4.1',
      `flists firmware-latest sha256:${'a'.repeat(64)}, blocks at 00-ff=dir:///b`,
      `modules-6.18.8-latest sha256:${'b'.repeat(64)}, blocks at 00-7f=dir:///b 80-ff=dir:///\\u001b[2J`,
      'signature unsigned: hosts cannot tell whose it is',
      'rolled back 2026-11-20 07:30, 6 days ago; go on with: lockstep promote, or run --force',
      'lags since 2026-11-20 07:30, 6 days ago: 6.18.9',
      'last run failed at 2026-11-20 07:30, 6 days ago (r-1)',
    ]);
    expect(text).not.toContain('T');
  });
});
