import { describe, expect, it } from 'vitest';
import type { GateName } from '../../gate/verdict.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { validateRepository } from '../../oci/validate.ts';
import { silent } from '../../system/event.ts';
import { type Channel, MAIN, streamForChannel } from '../channel/channel.ts';
import { endsOf } from '../channel/ends.ts';
import { type RunRecord, storeRecord } from '../record/run-record.ts';
import { recordVerdict } from '../record/verdicts.ts';
import { readStreamState } from '../status/state.ts';
import { aDebianInputs, aStream } from '../testing/inputs.ts';
import { promoteBranch } from './channel.ts';

const BRANCH: Channel = { name: 'branch', branch: 'next' };
const inputs = aDebianInputs();
const configured = aStream();
const gates = new Map<GateName, string>([['boot', 'load']]);
const time = '2026-11-20T08:00:00Z';

async function aBranch({ result = 'pass' }: { result?: 'pass' | 'fail' } = {}) {
  const registry = memoryRegistry();
  const options = { registry, project: '/nowhere', env: {}, emit: silent };
  const ends = endsOf(configured, BRANCH, options);
  const candidate = await putImage(ends.image, { seed: 'branch', tag: 'candidate-1234567-12' });
  const verdict = { gate: 'boot', result, terms: 'load', time } as const;
  await recordVerdict(ends.image, candidate, {
    ...verdict,
    findings: [],
    subject: candidate.digest,
  });
  const stream = streamForChannel(configured, BRANCH);
  const context = { ends, stream, main: configured.publish, emit: silent };
  const promote = () => promoteBranch(context, registry, { inputs, kmods: [], candidate, gates });
  const main = endsOf(configured, MAIN, options);
  return { ends, main, candidate, stream, promote };
}

describe('promoteBranch', () => {
  it('moves the tag of the branch and nothing else that has a name', async () => {
    const { main, candidate, promote } = await aBranch();
    await putImage(main.image, { seed: 'main', tag: 'latest' });

    expect((await promote()).moves).toMatchObject([{ tag: 'br-next-12', to: candidate.digest }]);

    expect(await main.image.tags()).toEqual(['br-next-12', 'latest']);
    expect(await main.kmods.tags()).toEqual([]);
    expect(await validateRepository(main.image)).toEqual([]);
    expect((await promote()).moves).toEqual([]);
  });

  it('moves nothing without a recorded pass of every gate', async () => {
    const { main, promote } = await aBranch({ result: 'fail' });

    await expect(promote()).rejects.toMatchObject({ code: 'gate-failed' });
    expect(await main.image.tags()).toEqual([]);
  });

  it('leaves the records of a branch out of what main sees', async () => {
    const { ends, main, stream, candidate, promote } = await aBranch();
    await promote();
    const record: RunRecord = {
      schema_version: 1,
      id: '20261120t080000z-1a2b',
      stream: stream.name,
      branch: 'next',
      started: time,
      finished: time,
      outcome: 'promoted',
      steps: [],
    };
    await storeRecord(ends.image, record, candidate);

    expect(await readStreamState(main, configured)).toMatchObject({
      records: [],
      stable: undefined,
    });
    expect(await readStreamState(ends, stream, BRANCH)).toMatchObject({
      records: [{ branch: 'next' }],
      stable: { digest: candidate.digest },
    });
    const other: Channel = { name: 'branch', branch: 'other' };
    expect((await readStreamState(ends, stream, other)).records).toEqual([]);
  });
});
