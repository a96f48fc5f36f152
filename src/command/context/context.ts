import type { EventSink } from '../../system/event.ts';

/** What the command layer takes from the world and hands down; nothing below reads it itself. */
export interface Context {
  env: NodeJS.ProcessEnv;
  /** The folder that relative paths start from. */
  cwd: string;
  now: () => Date;
  signal: AbortSignal;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** How much is said on standard error. */
  detail: 'quiet' | 'usual' | 'verbose';
  emit: EventSink;
}
