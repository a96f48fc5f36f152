import type { RunRecord } from './record.ts';

/** An image that hosts follow, with what it says of itself. */
export interface StableImage {
  digest: string;
  kernel: string;
  osVersion: string;
  modules: Record<string, string>;
  /** When it was composed; ISO 8601. */
  since: string;
}

/** What stands in the registry for one stream. */
export interface StreamState {
  stream: string;
  /** The image that the first stable tag points to. */
  stable?: StableImage;
  /** Run records, newest first. */
  records: readonly RunRecord[];
}

/** How one stream stands: for people, pages and machines. */
export interface StreamStatus {
  stream: string;
  /** `current`: stable has upstream's kernel. `never-promoted`: there is no stable image yet. */
  state: 'current' | 'behind' | 'never-promoted';
  upstreamKernel?: string;
  stableKernel?: string;
  stableDigest?: string;
  modules: Record<string, string>;
  lag?: Lag;
  lastRun?: { id: string; outcome: string; finished: string };
}

export interface Lag {
  /** Kernels that upstream had since the stable one. */
  kernels: string[];
  /** When upstream was first seen with a newer kernel; ISO 8601. */
  since: string;
  seconds: number;
  /** What holds stable back, from the newest failed run. */
  held?: { step: string; message: string; hint?: string; rules: string[] };
}

/** Tells how far, how long and why stable lags. Pure: `now` is passed in. */
export function statusOf(state: StreamState, now: Date): StreamStatus {
  const { stream, stable, records } = state;
  const upstreamKernel = records.find((record) => record.upstream)?.upstream?.kernel;
  const last = records[0];
  const behind = stable != null && upstreamKernel != null && upstreamKernel !== stable.kernel;
  return {
    stream,
    state: stable == null ? 'never-promoted' : behind ? 'behind' : 'current',
    upstreamKernel,
    stableKernel: stable?.kernel,
    stableDigest: stable?.digest,
    modules: stable?.modules ?? {},
    ...((behind || stable == null) && { lag: lagOf(state, now) }),
    ...(last && { lastRun: { id: last.id, outcome: last.outcome, finished: last.finished } }),
  };
}

function lagOf({ stable, records }: StreamState, now: Date): Lag | undefined {
  const later: RunRecord[] = [];
  for (const record of records) {
    if (record.upstream && record.upstream.kernel === stable?.kernel) break;
    later.push(record);
  }
  const first = later.findLast((record) => record.upstream) ?? later.at(-1);
  if (!first) return undefined;
  const kernels = later.map((record) => record.upstream?.kernel).filter((kernel) => kernel != null);
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(first.started)) / 1000));
  return {
    kernels: [...new Set(kernels)].reverse(),
    since: first.started,
    seconds,
    held: heldBy(later),
  };
}

function heldBy(records: readonly RunRecord[]): Lag['held'] {
  const failure = records.find((record) => record.failure)?.failure;
  if (!failure) return undefined;
  const errors = failure.findings.filter(({ severity }) => severity === 'error');
  const rules = [...new Set(errors.map(({ rule }) => rule))];
  return { step: failure.step, message: failure.message, hint: failure.hint, rules };
}
