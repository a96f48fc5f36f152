import type { EventSink } from '../../system/event.ts';
import type { Style } from '../text/style.ts';
import type { Output } from './output.ts';

/** What the command layer takes from the world and hands down; nothing below reads it itself. */
export interface Context {
  env: NodeJS.ProcessEnv;
  /** The folder that relative paths start from. */
  cwd: string;
  now: () => Date;
  signal: AbortSignal;
  stdout: Output;
  /** How the answer is written on standard output. */
  style: Style;
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** How much is said on standard error. */
  detail: 'quiet' | 'usual' | 'verbose';
  emit: EventSink;
}
