import type { Stream } from '../../config/schema.ts';
import type { Reader } from '../../oci/repository.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import { type Channel, MAIN } from '../channel/channel.ts';
import { rollbackTo } from '../promotion/decisions.ts';
import { isOn, recordsOf } from '../record/find-records.ts';
import { readHeartbeat } from '../record/heartbeat.ts';
import type { RunRecord } from '../record/run-record.ts';
import { readStable } from '../record/stable-image.ts';
import { type StreamState, saysOfUpstream } from './status.ts';

/**
 * Reads from the registry alone how a stream stands: as many of its records as it takes to tell
 * since when it lags. With seals only those records of promotions count that they open.
 */
export async function readStreamState(
  ends: { image: Reader; stable: Reader },
  { name, publish }: Stream,
  channel: Channel = MAIN,
  seals?: Seals,
): Promise<StreamState> {
  const stable = await readStable(ends.stable, publish.stable);
  // Other channels than main have no rollbacks of their own.
  const rollback =
    stable && channel.name === 'main' && (await rollbackTo(ends.stable, stable.digest, seals));
  const gone: string[] = [];
  const records: RunRecord[] = [];
  for await (const record of recordsOf(ends.image, name, (tag) => gone.push(tag))) {
    if (!isOn(channel)(record)) continue;
    records.push(record);
    if (isWell(record, stable?.kernel)) break;
  }
  const heartbeat = channel.name === 'main' ? await readHeartbeat(ends.image, name) : undefined;
  return {
    stream: name,
    stable,
    records,
    ...(heartbeat && { heartbeat }),
    ...(rollback && { rolledBack: rollback.finished }),
    ...(gone.length > 0 && { dangling: gone.sort() }),
  };
}

/** True of a run with which every lag had ended: what stands before it tells nothing more. */
function isWell(record: RunRecord, stableKernel?: string): boolean {
  const { outcome, upstream } = record;
  return (
    saysOfUpstream(record) &&
    outcome !== 'failed' &&
    upstream != null &&
    upstream.kernel === stableKernel
  );
}
