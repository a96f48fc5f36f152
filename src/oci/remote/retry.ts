import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../../system/error.ts';

/** Answers that may be better a moment later, and why. */
export const RETRIED_STATUS: ReadonlyMap<number, string> = new Map([
  [408, 'the server gave up waiting for our request'],
  [425, 'the server does not want to risk a replay yet'],
  [429, 'too many requests; it says when to come back'],
  [500, 'a worker of the server failed; another may not'],
  [502, 'a gateway could not reach its server, as during a deployment'],
  [503, 'overloaded or starting; it may say when to come back'],
  [504, 'a gateway waited too long for its server'],
  [522, 'a CDN could not connect to its origin'],
  [524, 'a CDN waited too long for its origin'],
]);

/** Failures of connections that mean nothing when they happen once, and why. */
export const FINAL_REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'there is no such host; asking again gives the same answer'],
  ['CERT_HAS_EXPIRED', 'the certificate will not become younger'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'a certificate of another host'],
]);

export interface RetryOptions {
  signal?: AbortSignal;
  /** How often the same thing is tried without progress (default 8). */
  attempts?: number;
  /** Milliseconds before the first repetition; doubles up to 10 s (default 100). */
  pause?: number;
  /** Milliseconds that a server may make us wait at most (default 2 minutes). */
  longestPause?: number;
}

/** Runs an action again while it fails in a way that may pass. */
export async function withRetries<T>(
  action: (attempt: number) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action(attempt);
    } catch (error) {
      await pauseOrThrow(error, attempt, options);
    }
  }
}

/** Waits before the next attempt; throws the error when there is to be none. */
export async function pauseOrThrow(
  error: unknown,
  attempt: number,
  options: RetryOptions,
): Promise<void> {
  if (options.signal?.aborted) throw interrupted(options.signal, messageOf(error));
  if (attempt >= (options.attempts ?? 8) || !mayPass(error)) throw error;
  const wait = waitOf(error) ?? backoff(attempt, options.pause ?? 100);
  if (wait > (options.longestPause ?? 120_000)) throw error;
  await sleep(wait, undefined, options.signal ? { signal: options.signal } : {}).catch(() => {
    throw interrupted(options.signal, messageOf(error));
  });
}

/** The error that an abort means: the time was up, or somebody asked for it. */
export function interrupted(signal: AbortSignal | undefined, during: string): LockstepError {
  const reason: unknown = signal?.reason;
  if (reason instanceof LockstepError) return reason;
  const late = reason instanceof Error && reason.name === 'TimeoutError';
  return new LockstepError(
    late ? 'timeout' : 'interrupted',
    `${late ? 'the deadline has passed' : 'interrupted'}: ${during}`,
    { cause: reason },
  );
}

/** True for failures that another attempt may not meet. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof LockstepError)) return false;
  if (error.code === 'network') {
    const { url, reason } = error.context;
    const refused =
      URL.canParse(String(url)) && isRefusedHere(new URL(String(url)), String(reason));
    return !FINAL_REASONS.has(String(reason)) && !refused;
  }
  return error.code === 'registry' && RETRIED_STATUS.has(Number(error.context.status));
}

/** True where nobody listens on this machine: nobody will, unless it is started. */
export function isRefusedHere({ host }: URL, reason: string): boolean {
  return reason === 'ECONNREFUSED' && isLoopback(host);
}

/** True for hosts that can only be this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Milliseconds of a `Retry-After` header (RFC 9110, 10.2.3): seconds or a date. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value == null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function waitOf(error: unknown): number | undefined {
  const wait = error instanceof LockstepError ? error.context.retryAfter : undefined;
  return typeof wait === 'number' ? wait : undefined;
}

function backoff(attempt: number, pause: number): number {
  return Math.min(pause * 2 ** (attempt - 1), 10_000) * (0.5 + Math.random());
}
