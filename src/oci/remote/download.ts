import { LockstepError } from '../../system/error.ts';
import { mismatch } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import type { ByteRange } from '../repository.ts';
import type { Client } from './client.ts';
import { pauseOrThrow } from './retry.ts';
import type { HttpResponse } from './transport.ts';

/**
 * Streams a blob or a part of it. A broken connection is taken up again at the byte where it
 * broke, from the registry itself, as an address that it redirected to may be stale by then.
 * What comes is measured against what was asked for, not against what the status says.
 */
export async function* downloadBlob(
  client: Client,
  descriptor: Descriptor,
  range: ByteRange = { start: 0, end: descriptor.size },
): AsyncGenerator<Uint8Array> {
  let at = range.start;
  let attempt = 1;
  while (at < range.end) {
    try {
      const part = { start: at, end: range.end };
      for await (const chunk of await open(client, descriptor, part)) {
        at += chunk.length;
        if (at > range.end) throw mismatch(descriptor, client.name, 'more bytes than promised');
        attempt = 1;
        yield chunk;
      }
      if (at < range.end) throw cutShort(client, descriptor, at);
    } catch (error) {
      await pauseOrThrow(error, attempt, client.options);
      attempt += 1;
    }
  }
}

async function open(
  client: Client,
  descriptor: Descriptor,
  part: ByteRange,
): Promise<AsyncIterable<Uint8Array>> {
  const whole = part.start === 0 && part.end === descriptor.size;
  const range = `bytes=${part.start}-${part.end - 1}`;
  const response = await client.once({
    method: 'GET',
    path: `blobs/${descriptor.digest}`,
    expect: whole ? [200] : [200, 206],
    ...(whole ? {} : { headers: { range } }),
  });
  if (response.status === 200) return partOf(response, descriptor, part);
  if (isWhatWasAsked(response, part, descriptor.size)) return response.body;
  response.discard();
  throw new LockstepError('network', `${client.name} sent other bytes than ${range}`, {
    context: { digest: descriptor.digest, contentRange: response.headers['content-range'] },
  });
}

/** A part out of the whole blob, which servers may send instead (RFC 9110, 14.2). */
async function* partOf(
  response: HttpResponse,
  descriptor: Descriptor,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array> {
  const length = response.headers['content-length'];
  if (length != null && Number(length) !== descriptor.size) {
    response.discard();
    throw mismatch(
      descriptor,
      response.url.host,
      `${length} bytes where ${descriptor.size} were promised`,
    );
  }
  let at = 0;
  for await (const chunk of response.body) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += chunk.length;
    if (at > descriptor.size)
      throw mismatch(descriptor, response.url.host, 'more bytes than promised');
    if (piece.length > 0) yield piece;
    if (at >= end && end < descriptor.size) return;
  }
}

function isWhatWasAsked(response: HttpResponse, part: ByteRange, size: number): boolean {
  const [, start, end, total] =
    /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '') ?? [];
  const isPart = Number(start) === part.start && Number(end) === part.end - 1;
  return isPart && (total === '*' || Number(total) === size);
}

function cutShort(client: Client, { digest }: Descriptor, at: number): LockstepError {
  return new LockstepError('network', `${client.name}: ${digest} broke off at byte ${at}`, {
    context: { digest },
  });
}
