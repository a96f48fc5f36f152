import type { FollowedFlist } from '../flists/told.ts';
import type { Heartbeat } from '../record/heartbeat.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { StableImage } from '../record/stable-image.ts';
import type { SignatureState } from './signature.ts';

/** What stands in the registry for one stream. */
export interface StreamState {
  stream: string;
  /** The image that the first stable tag points to. */
  stable?: StableImage;
  /** Whether that is signed by a key of `trust`. */
  signature?: SignatureState | undefined;
  /** The flists that machines follow; undefined for a stream without. */
  flists?: readonly FollowedFlist[] | undefined;
  /** Run records, newest first. */
  records: readonly RunRecord[];
  /** When stable was rolled back to this image, if it was; ISO 8601. */
  rolledBack?: string;
  /** Tags of records that point to nothing. */
  dangling?: readonly string[];
  /** When upstream was last looked at, though there was nothing to do. */
  heartbeat?: Pick<Heartbeat, 'looked' | 'upstream'>;
}

/** How one stream stands: for people, pages and machines. */
export interface StreamStatus {
  stream: string;
  /**
   * `current`: stable has upstream's kernel. `behind`: it has not. `failing`: it has the newest
   * kernel that was seen, but the last run failed, so nobody knows what it would have brought.
   * `rolled-back`: it has the newest kernel, but somebody moved it back to this image, and runs
   * leave it there. `never-promoted`: there is no stable image yet.
   */
  state: 'current' | 'behind' | 'failing' | 'rolled-back' | 'never-promoted';
  upstreamKernel?: string;
  stableKernel?: string;
  /** Every kernel of the stable image, oldest first. */
  stableKernels: string[];
  stableDigest?: string;
  /**
   * Whether the stable image has a signature by a key of `trust`; `unknown`: no key is known. On main
   * alone, where it was asked for.
   */
  signature?: SignatureState;
  modules: Record<string, string>;
  /** The flists that machines follow, of a stream that has them. */
  flists?: readonly FollowedFlist[];
  /** Since when stable is an image that it was rolled back to, whatever the state. */
  rolledBack?: { since: string; seconds: number };
  lag?: Lag;
  /** When upstream was last looked at; ISO 8601. */
  looked?: string;
  lastRun?: {
    id: string;
    outcome: string;
    finished: string;
    /** What it found odd about what it followed, though it went on. */
    findings: string[];
  };
  /** Tags of run records that point to nothing; they are passed over. */
  dangling?: readonly string[];
}

export interface Lag {
  /** Kernels that upstream had since the stable one; none when runs of the same one fail. */
  kernels: string[];
  /** When upstream was first seen with a newer kernel, or when runs began to fail; ISO 8601. */
  since: string;
  seconds: number;
  /** What holds stable back, from the newest failed run. */
  held?: Held;
}

/** What stands in the way. */
export interface Held {
  /** A gate, or another step of a run. */
  step: string;
  message: string;
  hint?: string;
  /** Rules that the gate saw broken. */
  rules: string[];
  /** What it found, the first few. */
  findings: string[];
}

/** Tells how far, how long and why stable lags. Pure: `now` is passed in. */
export function statusOf(
  { records: every, heartbeat, ...rest }: StreamState,
  now: Date,
): StreamStatus {
  const all = { ...rest, records: every.filter(saysOfUpstream) };
  const { stream, stable, records, dangling } = all;
  const seen = newestSight(records, heartbeat);
  const upstreamKernel = seen?.kernel;
  const [last] = every;
  const state = stateOf(all, upstreamKernel);
  const { rolledBack } = rest;
  const lags = state !== 'current' && state !== 'rolled-back';
  const lag = lags ? lagOf(recordsSince(all, state), { stable, now }) : undefined;
  return {
    stream,
    state,
    upstreamKernel,
    stableKernel: stable?.kernel,
    stableKernels: stable?.kernels ?? [],
    stableDigest: stable?.digest,
    ...(rest.signature && { signature: rest.signature }),
    modules: stable?.modules ?? {},
    ...(rest.flists && { flists: rest.flists }),
    ...(rolledBack && {
      rolledBack: { since: rolledBack, seconds: secondsSince(rolledBack, now) },
    }),
    ...(lag && { lag }),
    ...(seen && { looked: seen.looked }),
    ...(last && { lastRun: lastRunOf(last) }),
    ...(dangling && { dangling }),
  };
}

/** What upstream was last seen with: by a run that has a record, or by one that had nothing to do. */
function newestSight(
  records: readonly RunRecord[],
  heartbeat: StreamState['heartbeat'],
): { kernel: string; looked: string } | undefined {
  const record = records.find(({ upstream }) => upstream);
  const { started: looked = '', upstream } = record ?? {};
  if (heartbeat && heartbeat.looked > looked)
    return { kernel: heartbeat.upstream.kernel, looked: heartbeat.looked };
  return upstream && { kernel: upstream.kernel, looked };
}

function lastRunOf({ id, outcome, finished, findings = [] }: RunRecord): StreamStatus['lastRun'] {
  return { id, outcome, finished, findings: findings.map(({ message }) => message) };
}

/** True of a run that tells how upstream and stable stand: not of a replay, nor of one cut short. */
export function saysOfUpstream({ failure, replay }: RunRecord): boolean {
  return failure?.code !== 'interrupted' && !replay;
}

function stateOf(
  { stable, records, rolledBack }: StreamState,
  upstream?: string,
): StreamStatus['state'] {
  if (stable == null) return 'never-promoted';
  if (upstream != null && upstream !== stable.kernel) return 'behind';
  if (records[0]?.outcome === 'failed') return 'failing';
  return rolledBack ? 'rolled-back' : 'current';
}

function secondsSince(time: string, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1000));
}

/** The records that belong to the lag, newest first. */
function recordsSince({ stable, records }: StreamState, state: StreamStatus['state']): RunRecord[] {
  const isOver = (record: RunRecord) =>
    state === 'failing'
      ? record.outcome !== 'failed'
      : record.upstream != null && record.upstream.kernel === stable?.kernel;
  const end = records.findIndex(isOver);
  return records.slice(0, end < 0 ? undefined : end);
}

function lagOf(
  later: readonly RunRecord[],
  { stable, now }: { stable: StableImage | undefined; now: Date },
): Lag | undefined {
  const newer = ({ upstream }: RunRecord) =>
    upstream == null || upstream.kernel === stable?.kernel ? [] : [upstream.kernel];
  const first = later.findLast((record) => newer(record).length > 0) ?? later.at(-1);
  if (!first) return undefined;
  return {
    kernels: [...new Set(later.flatMap(newer))].reverse(),
    since: first.started,
    seconds: secondsSince(first.started, now),
    held: heldBy(later),
  };
}

/** How many findings are told. */
const FINDINGS = 5;

function heldBy(records: readonly RunRecord[]): Held | undefined {
  const failure = records.find((record) => record.failure)?.failure;
  if (!failure) return undefined;
  const { step, message, hint } = failure;
  const errors = failure.findings.filter(({ severity }) => severity === 'error');
  const rules = [...new Set(errors.map(({ rule }) => rule))];
  const findings = [...new Set(errors.map((finding) => finding.message))].slice(0, FINDINGS);
  return { step, message, hint, rules, findings };
}
