import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { GateName } from '../../gate/verdict.ts';
import { ARTIFACT_LAYER_LIMIT, readArtifact, writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { digestOf } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { contentOfName, type FlistContent, flistNames } from './names.ts';

/** A manifest of a flist as an OCI artifact; its one layer is the file. */
export const FLIST_TYPE = 'application/vnd.lockstep.flist.v1';
const LAYER_TYPE = 'application/vnd.sqlite3';

export const FLIST_ANNOTATION = {
  kernel: 'dev.lockstep.kernel',
  /** sha256 of the manifest's file. */
  digest: 'dev.lockstep.flist.digest',
  /** Where blocks are read, without user and password, with spaces between. */
  routes: 'dev.lockstep.flist.routes',
  title: 'org.opencontainers.image.title',
  created: 'org.opencontainers.image.created',
} as const;

/** Gates that a flist must have passed before a tag moves to it, with their terms. */
export function flistGates({ kind }: FlistContent): Map<GateName, string> {
  const contents = ['contents', 'flist v1: every block read through the routes'] as const;
  return new Map(
    kind === 'firmware'
      ? [contents]
      : [contents, ['abi', 'flist v1: modules, indexes and release'] as const],
  );
}

/** Stores a manifest; the same one gives the same digest when it is stored again at the same time. */
export async function writeFlist(
  repository: Repository,
  {
    file,
    content,
    routes,
    created,
  }: { file: string; content: FlistContent; routes: readonly string[]; created: Date },
): Promise<Descriptor> {
  if ((await stat(file)).size > ARTIFACT_LAYER_LIMIT)
    throw new LockstepError(
      'limit-exceeded',
      `${basename(file)} is larger than ${ARTIFACT_LAYER_LIMIT} bytes`,
    );
  const bytes = await readFile(file);
  return writeArtifact(repository, {
    artifactType: FLIST_TYPE,
    annotations: {
      ...(content.kind === 'modules' && { [FLIST_ANNOTATION.kernel]: content.kernel }),
      [FLIST_ANNOTATION.digest]: digestOf(bytes),
      [FLIST_ANNOTATION.routes]: routes.join(' '),
      [FLIST_ANNOTATION.title]: `${flistNames(content).own}.fl`,
      [FLIST_ANNOTATION.created]: created.toISOString(),
    },
    layers: [{ mediaType: LAYER_TYPE, bytes }],
  });
}

/** The manifest of a stored flist, as it lies in a file. Throws `invalid-content` for another artifact. */
export async function readFlist(
  repository: Reader,
  reference: string | Descriptor,
): Promise<{ content: FlistContent; bytes: Uint8Array; descriptor: Descriptor }> {
  const {
    artifactType,
    layers,
    annotations = {},
    descriptor,
  } = await readArtifact(repository, reference);
  const [layer] = layers;
  const content = contentSaid(annotations);
  const isOurs = artifactType === FLIST_TYPE && layer && content;
  if (isOurs && annotations[FLIST_ANNOTATION.digest] === digestOf(layer.bytes))
    return { content, bytes: layer.bytes, descriptor };
  throw new LockstepError(
    'invalid-content',
    `${repository.name}: ${descriptor.digest} is no flist`,
  );
}

/** What a flist says that it holds; undefined for another artifact. */
export function contentSaid(
  annotations: Readonly<Record<string, string>>,
): FlistContent | undefined {
  return contentOfName(annotations[FLIST_ANNOTATION.title]?.replace(/\.fl$/, '') ?? '');
}
