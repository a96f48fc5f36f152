import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { readAll } from '../../oci/content.ts';
import { type RetryOptions, withRetries } from '../../oci/remote/retry.ts';
import type { HttpResponse, Transport } from '../../oci/remote/transport.ts';
import { LockstepError } from '../../system/error.ts';
import { STORED_LIMIT } from '../block/codec.ts';

export interface StoreConnection {
  transport: Transport;
  /** How often what may pass is tried again, and what ends it. */
  retry?: RetryOptions;
}

/** What signs requests to an S3 store; without it nobody is named. */
export interface StoreKeys {
  user: string;
  password: string;
  region: string;
}

export interface StoreRequest {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  url: URL;
  body?: Uint8Array;
  keys?: StoreKeys;
  /** Bytes that the answer may have (default: those of a block). */
  limit?: number;
}

/** One answer with its body, read whole. */
export interface StoreAnswer {
  status: number;
  size: number | undefined;
  body: Uint8Array;
}

/** Asks a store once or, while it fails in a way that may pass, several times. */
export function askStore(
  { transport, retry }: StoreConnection,
  request: StoreRequest,
): Promise<StoreAnswer> {
  return withRetries(async () => {
    const headers = await signed(request);
    const { method, url, body } = request;
    const response = await transport({
      method,
      url,
      headers,
      ...(body ? { body } : {}),
      ...(retry?.signal ? { signal: retry.signal } : {}),
    });
    return answerOf(response, request);
  }, retry);
}

async function answerOf(
  response: HttpResponse,
  { method, limit = STORED_LIMIT }: StoreRequest,
): Promise<StoreAnswer> {
  const { status, headers, url } = response;
  const told = Number(headers['content-length'] ?? Number.NaN);
  const size = Number.isNaN(told) ? undefined : told;
  if (status >= 500 || status === 429) {
    response.discard();
    throw failed(status, url);
  }
  if (method === 'HEAD' || status !== 200) {
    response.discard();
    return { status, size, body: new Uint8Array() };
  }
  return { status, size, body: await readAll(response.body, limit, url.pathname) };
}

/** A failure of the server, which withRetries may try again. */
export function failed(status: number, url: URL): LockstepError {
  const place = `${url.origin}${url.pathname}`;
  return new LockstepError('registry', `${place} answered ${status}`, {
    context: { url: place, status },
    ...(status === 403 || status === 401
      ? { hint: 'the store refuses the key, or has none for everybody' }
      : {}),
  });
}

/** What signatures of a day are made with, so that it is not derived for each request. */
const signingKeys = new Map<string, ArrayBuffer>();

/** Headers of AWS Signature Version 4; the body is signed too. */
async function signed({ method, url, body, keys }: StoreRequest): Promise<Record<string, string>> {
  if (!keys) return {};
  const digest = createHash('sha256')
    .update(body ?? '')
    .digest('hex');
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    headers: { 'x-amz-content-sha256': digest },
    accessKeyId: keys.user,
    secretAccessKey: keys.password,
    region: keys.region,
    service: 's3',
    cache: signingKeys,
  });
  const { headers } = await signer.sign();
  return Object.fromEntries(headers);
}
