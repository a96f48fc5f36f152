import { z } from 'zod';
import { readArtifact, writeArtifact } from '../../oci/artifact.ts';
import { ifThere } from '../../oci/content.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { RunRecord, STREAM } from './run-record.ts';

export const HEARTBEAT_TYPE = 'application/vnd.lockstep.heartbeat.v1+json';

/**
 * Version 1 of what says when upstream was last looked at: a run that has nothing to do leaves no
 * record, and a schedule that died leaves none either.
 */
export const Heartbeat = z.object({
  schema_version: z.literal(1),
  stream: z.string(),
  /** Name of the run that looked. */
  run: z.string(),
  /** ISO 8601. */
  looked: z.string(),
  /** What it saw. */
  upstream: RunRecord.shape.upstream.unwrap(),
});

export type Heartbeat = z.infer<typeof Heartbeat>;

/** The one tag of a stream's heartbeat, which is written over. */
function heartbeatTag(stream: string): string {
  return `heartbeat-${stream}`;
}

/** Says that upstream was looked at, in the place of what was said before. */
export async function writeHeartbeat(repository: Repository, heartbeat: Heartbeat): Promise<void> {
  const descriptor = await writeArtifact(repository, {
    artifactType: HEARTBEAT_TYPE,
    annotations: {
      'org.opencontainers.image.created': heartbeat.looked,
      [STREAM]: heartbeat.stream,
    },
    layers: [{ mediaType: HEARTBEAT_TYPE, bytes: Buffer.from(JSON.stringify(heartbeat)) }],
  });
  await repository.tag(heartbeatTag(heartbeat.stream), descriptor);
}

/** When upstream was last looked at for a stream; undefined when nobody has said so. */
export async function readHeartbeat(
  repository: Reader,
  stream: string,
): Promise<Heartbeat | undefined> {
  const artifact = await ifThere(readArtifact(repository, heartbeatTag(stream)));
  const text = Buffer.from(artifact?.layers[0]?.bytes ?? []).toString('utf8');
  const found = Heartbeat.safeParse(parseJson(text)).data;
  return found?.stream === stream ? found : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
