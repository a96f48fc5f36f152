import type { Stream } from '../../config/schema.ts';
import type { Reader } from '../../oci/repository.ts';
import { type Channel, MAIN } from '../channel/channel.ts';
import { rollbackTo } from '../promotion/record.ts';
import { readRecords, recordsOf } from '../record/run-record.ts';
import { readStable } from '../record/stable-image.ts';
import type { StreamState } from './status.ts';

/** How many run records a look at the state reads. */
const RECORDS = 200;

/** Reads from the registry alone how a stream stands. */
export async function readStreamState(
  ends: { image: Reader; stable: Reader },
  { name, publish }: Stream,
  channel: Channel = MAIN,
): Promise<StreamState> {
  const stable = await readStable(ends.stable, publish.stable);
  // Other channels than main have no rollbacks of their own.
  const rollback =
    stable && channel.name === 'main' && (await rollbackTo(ends.stable, stable.digest));
  const gone: string[] = [];
  const records = await readRecords(ends.image, RECORDS, (tag) => gone.push(tag));
  return {
    stream: name,
    stable,
    records: records.filter(recordsOf({ name }, channel)),
    ...(rollback && { rolledBack: rollback.finished }),
    ...(gone.length > 0 && { dangling: gone.sort() }),
  };
}
