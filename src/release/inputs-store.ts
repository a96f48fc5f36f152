import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeArtifact } from '../oci/artifact.ts';
import type { RunContext } from './context.ts';
import { INPUTS_TYPE, type Inputs, inputsDigest } from './inputs.ts';
import type { Journal } from './journal.ts';
import { short } from './tags.ts';

/** The name of the inputs in the folder of a run. */
export const INPUTS_FILE = 'inputs.json';

/** Writes the inputs down, in the run's folder and in the store, before anything is made of them. */
export function keepInputs(context: RunContext, journal: Journal, inputs: Inputs): Promise<void> {
  return journal.do('inputs', async () => {
    const text = `${JSON.stringify(inputs, null, 2)}\n`;
    await mkdir(context.folder, { recursive: true });
    await writeFile(join(context.folder, INPUTS_FILE), text);
    const digest = inputsDigest(inputs);
    const descriptor = await writeArtifact(context.ends.image, {
      artifactType: INPUTS_TYPE,
      annotations: { 'dev.lockstep.inputs': digest, 'dev.lockstep.stream': inputs.stream },
      layers: [{ mediaType: INPUTS_TYPE, bytes: Buffer.from(text) }],
    });
    await context.ends.image.tag(`inputs-${short(digest)}`, descriptor);
    return { value: undefined, message: `${join(context.folder, INPUTS_FILE)} (${short(digest)})` };
  });
}
