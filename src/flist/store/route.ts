import { LockstepError } from '../../system/error.ts';
import { storeAddress } from './address.ts';

/** Where blocks whose id begins with a byte from `start` to `end` are read from. */
export interface Route {
  start: number;
  end: number;
  url: string;
}

/**
 * Reads a store of the command line: `URL`, or `xx-yy=URL` for blocks whose id begins with a byte
 * from `xx` to `yy` (lower case, as rfs wants them). Throws `usage`.
 */
export function parseRoute(text: string): Route {
  const ranged = /^([0-9a-f]{2})-([0-9a-f]{2})=(.*)$/s.exec(text);
  const [start, end] = ranged ? [byte(ranged[1]), byte(ranged[2])] : [0, 255];
  const url = ranged?.[3] ?? text;
  const problem = problemOf(text, { start, end, url });
  if (problem)
    throw new LockstepError('usage', problem, { hint: 'for example 00-7f=dir:///srv/blocks' });
  return { start, end, url };
}

function problemOf(text: string, { start, end, url }: Route): string | undefined {
  if (/^[0-9a-f]{2}-[0-9a-f]{2}=/i.test(text) && url === text)
    return 'the range of a store must be in lower case: 00-ff=URL';
  if (start > end) return 'the range of a store ends before it begins';
  const address = storeAddress(url);
  return 'problem' in address ? address.problem : undefined;
}

function byte(text: string | undefined): number {
  return Number.parseInt(text ?? '', 16);
}

/** A route as rfs writes it on its command line: `00-7f=URL`. */
export function formatRoute({ start, end, url }: Route): string {
  return `${hexByte(start)}-${hexByte(end)}=${url}`;
}

/** A byte as two hex digits. */
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
