import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArtifact, writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { RunContext } from '../context/run-context.ts';
import { INPUTS_TYPE, type Inputs, inputsDigest, parseInputs } from '../inputs/inputs.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import type { Journal } from '../record/journal.ts';
import { short } from '../record/tags.ts';

/** The name of the inputs in the folder of a run. */
export const INPUTS_FILE = 'inputs.json';

/** Writes the inputs down, in the run's folder and in the store, before anything is made of them. */
export function keepInputs(context: RunContext, journal: Journal, inputs: Inputs): Promise<void> {
  return journal.do('inputs', async () => {
    const text = textOf(inputs);
    await mkdir(context.folder, { recursive: true });
    await writeFile(join(context.folder, INPUTS_FILE), text);
    const digest = inputsDigest(inputs);
    await storeInputs(context.ends.image, inputs);
    return { value: undefined, message: `${join(context.folder, INPUTS_FILE)} (${short(digest)})` };
  });
}

/** Stores inputs under a tag of their own; those that are there stay as they are. */
export async function storeInputs(repository: Repository, inputs: Inputs): Promise<Descriptor> {
  const digest = inputsDigest(inputs);
  const known = await findStored(repository, digest);
  if (known) return known;
  const descriptor = await writeArtifact(repository, {
    artifactType: INPUTS_TYPE,
    annotations: { [IMAGE_ANNOTATION.inputs]: digest, 'dev.lockstep.stream': inputs.stream },
    layers: [{ mediaType: INPUTS_TYPE, bytes: Buffer.from(textOf(inputs)) }],
  });
  await repository.tag(inputsTag(digest), descriptor);
  return descriptor;
}

function textOf(inputs: Inputs): string {
  return `${JSON.stringify(inputs, null, 2)}\n`;
}

/** The stored inputs of this digest; what belongs to them is attached to this manifest. */
export async function findStored(
  repository: Reader,
  digest: Digest,
): Promise<Descriptor | undefined> {
  const descriptor = await repository.resolve(inputsTag(digest));
  if (!descriptor) return undefined;
  const { manifest } = await readManifest(repository, descriptor);
  return manifest.annotations?.[IMAGE_ANNOTATION.inputs] === digest ? descriptor : undefined;
}

/** Reads the inputs of this digest; throws `not-found` when the repository has none. */
export async function readInputs(repository: Reader, digest: Digest): Promise<Inputs> {
  const descriptor = await findStored(repository, digest);
  if (!descriptor) throw notStored(repository, digest);
  const inputs = await readInputsAt(repository, descriptor);
  if (inputsDigest(inputs) === digest) return inputs;
  throw new LockstepError('digest-mismatch', `the inputs of ${digest} are other ones`, {
    context: { repository: repository.name, digest },
  });
}

/** Reads the inputs that a tag or a descriptor names. */
export async function readInputsAt(
  repository: Reader,
  reference: string | Descriptor,
): Promise<Inputs> {
  const [document] = (await readArtifact(repository, reference)).layers;
  const where = typeof reference === 'string' ? reference : reference.digest;
  const text = Buffer.from(document?.bytes ?? []).toString('utf8');
  return parseInputs(text, `${repository.name}:${where}`);
}

/** The same for inputs that are only a help: undefined where they cannot be read. */
export async function tryInputsAt(
  repository: Reader,
  reference: string | Descriptor,
): Promise<Inputs | undefined> {
  try {
    return await readInputsAt(repository, reference);
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'config') return undefined;
    throw error;
  }
}

function inputsTag(digest: Digest): string {
  return `inputs-${short(digest)}`;
}

function notStored(repository: Reader, digest: Digest): LockstepError {
  return new LockstepError('not-found', `${repository.name} has no inputs ${digest}`, {
    context: { repository: repository.name, digest },
    hint: 'lockstep cleanup may have removed them with their run; name another run',
  });
}
