import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../../oci/memory.ts';
import type { RpmInputs } from '../../inputs/inputs.ts';
import { inputsDigest } from '../../inputs/inputs.ts';
import { storeInputs } from '../../kept/inputs.ts';
import { storeRecord } from '../../record/run-record.ts';
import { anRpmInputs, aStream } from '../../testing/inputs.ts';
import { knownBase } from './known-base.ts';

const stream = aStream();
const TIME = '2026-11-20T07:30:00.000Z';

/** A registry in which a run has left its record. */
async function afterRun(inputs: RpmInputs, name = stream.name) {
  const image = memoryRegistry().repository('image');
  await storeInputs(image, inputs);
  await storeRecord(image, {
    schema_version: 1,
    id: '20261120t073000z-1a2b',
    stream: name,
    started: TIME,
    finished: TIME,
    outcome: 'failed',
    inputs: inputsDigest(inputs),
    steps: [],
  });
  return { stream, ends: { image, stable: image, kmods: memoryRegistry().repository('kmods') } };
}

describe(knownBase, () => {
  it('knows a base that has not moved since the last run, with the kernels it took out', async () => {
    const plain = anRpmInputs();
    const inputs = { ...plain, base: { ...plain.base, removed: ['6.1.0-1'] } };

    expect(
      await knownBase(await afterRun(inputs), inputs.base.index ?? inputs.base.digest),
    ).toEqual(
      expect.objectContaining({
        digest: inputs.base.digest,
        os: inputs.base.os,
        kernels: ['6.1.0-1', ...inputs.base.kernels],
        installer: inputs.base.installer,
        compression: inputs.base.compression,
      }),
    );
  });

  it('knows nothing of a base that has moved', async () => {
    const inputs = anRpmInputs();

    expect(await knownBase(await afterRun(inputs), inputs.keys.image)).toBeUndefined();
  });

  it('asks the records of its own stream alone', async () => {
    const inputs = anRpmInputs();
    const context = await afterRun(inputs, 'another');

    expect(await knownBase(context, inputs.base.index ?? inputs.base.digest)).toBeUndefined();
  });
});
