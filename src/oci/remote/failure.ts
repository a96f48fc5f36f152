import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod/mini';
import { type ErrorCode, LockstepError } from '../../system/error.ts';
import { parseRetryAfter, RETRIED_STATUS } from './retry.ts';
import { type HttpResponse, placeOf } from './transport.ts';

/** An answer that was read whole. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  url: URL;
  bytes: Buffer;
}

/** How much of an answer is read to find out what went wrong. */
const ERROR_LIMIT = 64 << 10;

const errorBody = z.looseObject({
  errors: z.array(
    z.looseObject({ code: z._default(z.string(), ''), message: z._default(z.string(), '') }),
  ),
});

export interface FailureOptions {
  call: { method: string };
  /** What was spoken of. */
  name: string;
  now: Date;
}

/** The error for an answer that was not hoped for, with what the registry says of it. */
export async function failureOf(
  response: HttpResponse,
  { call, name, now }: FailureOptions,
): Promise<LockstepError> {
  const said = await whatItSays(response);
  const { status } = response;
  const why = RETRIED_STATUS.get(status);
  const text = said || why || 'no reason given';
  return new LockstepError(
    codeOf(status),
    `${name}: ${call.method} was answered ${status}: ${text}`,
    {
      context: {
        status,
        url: placeOf(response.url),
        retryAfter: parseRetryAfter(response.headers['retry-after'], now),
      },
      hint: hintOf(status, name),
    },
  );
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'not-allowed';
  if (status === 404) return 'not-found';
  if (status === 405 || status === 501) return 'unsupported';
  return 'registry';
}

function hintOf(status: number, name: string): string | undefined {
  const host = name.split('/')[0];
  if (status === 401) return `log in: skopeo login ${host}`;
  // A private repository answers the same for a name that is not there.
  if (status === 403) return `${name} may be private, or these credentials too weak`;
  return undefined;
}

async function whatItSays(response: HttpResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body) {
      parts.push(chunk);
      size += chunk.length;
      if (size > ERROR_LIMIT) break;
    }
  } catch {
    // The status tells enough.
  }
  const text = Buffer.concat(parts).toString('utf8');
  const parsed = errorBody.safeParse(parseJson(text)).data;
  const errors = parsed?.errors.map(({ code, message }) => `${code} ${message}`.trim());
  return (errors ? errors.join('; ') : text.replace(/\s+/g, ' ').trim()).slice(0, 300);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
