import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { inputsDigest } from '../inputs/inputs.ts';
import { storeInputs } from '../kept/inputs.ts';
import { type RunRecord, storeRecord } from '../record/run-record.ts';
import { aDebianInputs, aStream } from '../testing/inputs.ts';
import { storedInputs } from './find.ts';

const stream = aStream();
const inputs = aDebianInputs();
const digest = inputsDigest(inputs);

function aRecord(change: Partial<RunRecord> = {}): RunRecord {
  const id = '20261120t080000z-1a2b';
  const time = '2026-11-20T08:00:00.000Z';
  return {
    schema_version: 1,
    id,
    stream: stream.name,
    started: time,
    finished: time,
    outcome: 'promoted',
    inputs: digest,
    steps: [],
    ...change,
  };
}

async function aRepository() {
  const repository = memoryRegistry().repository('image');
  const stored = await storeInputs(repository, inputs);
  const annotations = { 'dev.lockstep.inputs': digest };
  const image = await putImage(repository, { tag: 'latest', annotations });
  return { repository, stored, image };
}

describe(storedInputs, () => {
  it('reads what a run, an image or stable was made from', async () => {
    const { repository, stored, image } = await aRepository();
    const record = await storeRecord(repository, aRecord());

    const names = ['20261120t080000z-1a2b', 'run-20261120t080000z-1a2b', 'latest', 'stable'];
    const own = [`inputs-${digest.slice(7, 14)}`, stored.digest, digest, image.digest];
    expect(record).toBeDefined();
    for (const which of [...names, ...own, undefined]) {
      expect(await storedInputs(repository, stream, which), which).toEqual(inputs);
    }
  });

  it('says what is not there', async () => {
    const { repository } = await aRepository();
    await putImage(repository, { tag: 'foreign', seed: 'foreign' });
    await storeRecord(repository, aRecord({ id: '20261120t090000z-1a2b', inputs: undefined }));
    const other = memoryRegistry().repository('other');

    await expect(storedInputs(repository, stream, 'nothing')).rejects.toThrow(/no tag nothing/);
    await expect(storedInputs(repository, stream, 'foreign')).rejects.toThrow(/does not say/);
    await expect(storedInputs(other, stream)).rejects.toThrow(/nothing is stable/);
    await expect(storedInputs(other, stream, digest)).rejects.toThrow(/has no inputs sha256:/);
    const run = storedInputs(repository, stream, '20261120t090000z-1a2b');
    await expect(run).rejects.toThrow(/ended before its inputs were known/);
    const elsewhere = storedInputs(repository, { ...stream, name: 'other' }, 'latest');
    await expect(elsewhere).rejects.toThrow(/are of the stream debian-acpi/);
  });
});
