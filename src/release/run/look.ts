import type { Stream } from '../../config/schema.ts';
import { workApart } from '../context/look-apart.ts';
import type { StreamOptions } from '../context/new-run.ts';
import type { RunRequest } from '../plan/plan.ts';
import type { PlannedRun } from '../plan/planned-run.ts';
import { GateFailure } from '../record/journal.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { ResolveOptions } from '../resolve/resolve.ts';
import { beginRun, resolveFor } from './begin.ts';
import { recordOf, rootOf, type UnderWay } from './record.ts';
import { planRun } from './run.ts';

export interface LookOptions extends StreamOptions, Pick<ResolveOptions, 'replay'> {
  /** Name of the run that is planned. */
  id: string;
  request: RunRequest;
}

/** A stream with what a run of it would do. */
export interface PlannedStream {
  stream: Stream;
  /** Missing where it could not be told; `error` says why. */
  planned?: PlannedRun;
  error?: unknown;
  /** The record of a run that ends here: what it followed, and what stops it. */
  record: RunRecord;
}

/**
 * What a run would do, without doing anything. It needs no lock: what has to be unpacked to choose
 * packages lies apart from what a run may be using, and is gone afterwards. What goes wrong is part
 * of the answer.
 */
export async function planStream(stream: Stream, options: LookOptions): Promise<PlannedStream> {
  return workApart(options, async (folders) => {
    const run = beginRun(stream, { ...options, folders });
    try {
      const planned = await planRun(run.context, await resolveFor(run, options), options.request);
      return { stream, planned, record: recordOf(run, await stopIn(run, planned)) };
    } catch (error) {
      return { stream, error: rootOf(error), record: recordOf(run, error) };
    }
  });
}

/** The no of a gate that a run would end with, as a step of it. */
function stopIn({ journal }: UnderWay, { steps, resolved }: PlannedRun): Promise<unknown> {
  const stop = steps.find(({ action }) => action === 'stop');
  if (!stop) return Promise.resolve(undefined);
  const no = journal.do(stop.step, () =>
    Promise.reject(new GateFailure(stop.step, resolved.compat)),
  );
  return no.catch((error: unknown) => error);
}
