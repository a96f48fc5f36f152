import type * as z from 'zod/mini';
import { type Config, ManyConfig, SingleConfig } from './schema.ts';

export type Validated =
  | { config: Config; issues?: undefined }
  | { config?: undefined; issues: z.core.$ZodIssue[] };

/** To make a program of the schema takes longer than to read one file by it as it is. */
const ONCE = { jitless: true };

/** What a document says as a configuration, with one stream or several; else all that is wrong. */
export function validate(value: unknown): Validated {
  const result = (hasStreams(value) ? ManyConfig : SingleConfig).safeParse(value, ONCE);
  if (result.error) return { issues: result.error.issues };
  const { data } = result;
  if ('streams' in data) return { config: { streams: data.streams, ci: data.ci } };
  const { version: _, ci, ...stream } = data;
  return { config: { streams: [stream], ci } };
}

function hasStreams(value: unknown): boolean {
  return value != null && typeof value === 'object' && Object.hasOwn(value, 'streams');
}
