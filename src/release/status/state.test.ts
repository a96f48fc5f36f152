import { describe, expect, it, vi } from 'vitest';
import { memoryRepository } from '../../oci/memory.ts';
import type { Repository } from '../../oci/repository.ts';
import { runId, runOfStream } from '../record/run-name.ts';
import { type RunRecord, storeRecord } from '../record/run-record.ts';
import { aStream } from '../testing/inputs.ts';
import { readStreamState } from './state.ts';
import { statusOf } from './status.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const stream = aStream();

/** Names of runs as they are given now, and as they were before streams had a mark in them. */
const marked = (time: Date, name: string) => runId(time, 'aaaa', name);
const plain = (time: Date, name: string) => runId(time, name === stream.name ? 'aaaa' : 'bbbb');

function aRecord(hour: number, name: string, id: typeof marked): RunRecord {
  const started = new Date(NOW.getTime() - hour * HOUR);
  return {
    schema_version: 1,
    id: id(started, name),
    stream: name,
    started: started.toISOString(),
    finished: started.toISOString(),
    outcome: 'failed',
    upstream: { kernel: '6.2', osVersion: '12', base: 'x', modules: {} },
    steps: [],
    failure: { step: 'compat', code: 'gate-failed', message: 'no', findings: [] },
  };
}

/** Two records of the quiet stream, 1,000 and 999 hours ago, and after them 998 of another. */
async function aBusyRepository(id: typeof marked): Promise<Repository> {
  const repository = memoryRepository();
  for (const hour of [1000, 999]) await storeRecord(repository, aRecord(hour, stream.name, id));
  for (let hour = 1; hour <= 998; hour++) {
    await storeRecord(repository, aRecord(hour, 'another', id));
  }
  return repository;
}

describe(readStreamState, () => {
  it.each([
    ['marked', marked],
    ['plain', plain],
  ] as const)(
    'finds the records of a quiet stream behind 998 of another (names are %s)',
    async (_, id) => {
      const image = await aBusyRepository(id);

      const state = await readStreamState({ image, stable: image }, stream);

      expect(state.records).toHaveLength(2);
      expect(statusOf(state, NOW)).toMatchObject({
        upstreamKernel: '6.2',
        lag: { seconds: 1000 * 3600, held: { step: 'compat' } },
      });
    },
  );

  it('reads no record of another stream where names tell whose they are', async () => {
    const image = await aBusyRepository(marked);
    const read = vi.spyOn(image, 'read');

    await readStreamState({ image, stable: image }, stream);

    expect(read).toHaveBeenCalledTimes(4);
  });
});

describe(runOfStream, () => {
  it('gives each stream of a run a name of its own that sorts by time', () => {
    const run = runId(NOW, '1a2b');

    expect(run).toBe('20261120t120000z-1a2b');
    expect(runOfStream(run, 'a')).toMatch(/^20261120t120000z-1a2b[0-9a-f]{8}$/);
    expect(runOfStream(run, 'a')).not.toBe(runOfStream(run, 'b'));
  });
});
