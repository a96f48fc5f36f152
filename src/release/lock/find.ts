import type { Stream } from '../../config/schema.ts';
import { artifactTypeOf, readManifest } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import { isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { INPUTS_TYPE, type Inputs } from '../inputs/inputs.ts';
import { readInputs, readInputsAt } from '../kept/inputs.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { requireRecord } from '../record/find-records.ts';
import { runNamed } from '../record/run-name.ts';
import { presentStable } from '../record/stable-tags.ts';

/** What stable is, in the place of a tag. */
export const STABLE = 'stable';

/**
 * The stored inputs of a stream, read from its repository alone: of a run (by its name), of an
 * image (by a tag or its digest), of what is stable now, or by their own tag or digest. Throws
 * `not-found`, and `config` when they are of another stream.
 */
export async function storedInputs(
  repository: Reader,
  stream: Pick<Stream, 'name' | 'publish'>,
  which: string = STABLE,
): Promise<Inputs> {
  const inputs = await lookUp(repository, stream, which);
  if (inputs.stream === stream.name) return inputs;
  throw new LockstepError('config', `the inputs of ${which} are of the stream ${inputs.stream}`, {
    context: { stream: stream.name, found: inputs.stream },
    hint: 'name it with --stream',
  });
}

async function lookUp(
  repository: Reader,
  stream: Pick<Stream, 'publish'>,
  which: string,
): Promise<Inputs> {
  const run = runNamed(which);
  if (run != null) return ofRun(repository, run);
  const reference = which === STABLE ? await stableTag(repository, stream) : which;
  const stored = await repository.resolve(reference);
  if (stored) return ofManifest(repository, reference);
  if (isDigest(reference)) return readInputs(repository, reference);
  throw new LockstepError('not-found', `${repository.name} has no tag ${reference}`, {
    context: { repository: repository.name, tag: reference },
    hint: 'name a run as `lockstep status` shows it, a tag or a digest',
  });
}

async function stableTag(
  repository: Reader,
  { publish }: Pick<Stream, 'publish'>,
): Promise<string> {
  const [tag] = await presentStable(repository, publish.stable);
  if (tag != null && (await repository.resolve(tag))) return tag;
  throw new LockstepError('not-found', `nothing is stable in ${repository.name} yet`, {
    hint: 'promote something first: lockstep run; or name a run',
  });
}

async function ofRun(repository: Reader, id: string): Promise<Inputs> {
  const { inputs } = await requireRecord(repository, id);
  if (inputs != null && isDigest(inputs)) return readInputs(repository, inputs);
  throw new LockstepError('not-found', `the run ${id} ended before its inputs were known`, {
    context: { run: id },
    hint: 'name a later run, or a tag',
  });
}

async function ofManifest(repository: Reader, reference: string): Promise<Inputs> {
  const { descriptor, manifest } = await readManifest(repository, reference);
  if (artifactTypeOf(manifest) === INPUTS_TYPE) return readInputsAt(repository, descriptor);
  const digest = manifest.annotations?.[IMAGE_ANNOTATION.inputs];
  if (digest != null && isDigest(digest)) return readInputs(repository, digest);
  throw new LockstepError(
    'invalid-content',
    `${repository.name}: ${reference} does not say what it was made from`,
    { hint: 'only images that lockstep composed do' },
  );
}
