import { LockstepError } from '../../system/error.ts';
import { checked } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Client } from './client.ts';
import type { Answer } from './failure.ts';
import { Replayable } from './replayable.ts';
import { mayPass, pauseOrThrow } from './retry.ts';
import { placeOf } from './transport.ts';

/** Bytes that are kept until the registry has them, so that a broken upload goes on. */
const CHUNK = 8 << 20;

/**
 * Uploads a blob (distribution-spec 1.1, "Pushing blobs"): in one request when it is small, else
 * in chunks, each of which resumes where the registry says that it stopped. A registry that does
 * not say (docker-registry forgets an upload that broke) gets a small blob anew; a large one is
 * for the caller to read again. The content is compared with its descriptor before it is kept.
 */
export async function uploadBlob(
  client: Client,
  descriptor: Descriptor,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const source = new Replayable(checked(content, descriptor, client.name));
  for (let attempt = 1; ; attempt += 1) {
    const session = new Upload(client, await begin(client), source);
    try {
      await session.send(descriptor);
      return;
    } catch (error) {
      await session.cancel();
      if (source.failed || !isWorthAnother(error)) throw error;
      if (!source.isWhole) throw lost(client.name, error);
      await pauseOrThrow(asPassing(error), attempt, client.options);
    }
  }
}

/** True for what may be the fault of the broken upload and not of its content. */
function isWorthAnother(error: unknown): boolean {
  if (!(error instanceof LockstepError)) return false;
  return mayPass(error) || ['registry', 'not-found'].includes(error.code);
}

function asPassing(cause: unknown): unknown {
  return mayPass(cause) ? cause : new LockstepError('network', 'the upload broke', { cause });
}

async function begin(client: Client): Promise<URL> {
  const answer = await client.send({
    method: 'POST',
    path: 'blobs/uploads/',
    expect: [202],
    actions: 'pull,push',
  });
  return locationOf(answer);
}

/**
 * Where an upload goes on; may change with each answer and may be on another host. What was begun
 * over TLS never goes on in the clear.
 */
export function locationOf({ headers, url }: Pick<Answer, 'headers' | 'url'>): URL {
  const text = headers.location ?? '';
  if (!text || !URL.canParse(text, url.href))
    throw new LockstepError('registry', `${url.host} does not say where to upload to`);
  const location = new URL(text, url);
  if (location.protocol === url.protocol || location.protocol === 'https:') return location;
  throw new LockstepError('registry', `${url.host} wants an upload to go on over plain HTTP`, {
    context: { url: placeOf(location) },
    hint: 'its operator can mend it: the proxy that ends TLS has to send X-Forwarded-Proto: https',
  });
}

class Upload {
  readonly #client: Client;
  readonly #source: Replayable;
  #location: URL;

  constructor(client: Client, location: URL, source: Replayable) {
    this.#client = client;
    this.#location = location;
    this.#source = source;
  }

  async send(descriptor: Descriptor): Promise<void> {
    const { size } = descriptor;
    if (size > CHUNK) {
      for (let at = 0; at < size; at += CHUNK) await this.#chunk(at, Math.min(at + CHUNK, size));
      await this.#source.finish();
    } else {
      // Read first, so that wrong content is never offered.
      await this.#source.finish();
    }
    await this.#commit(descriptor, size > CHUNK ? size : 0);
  }

  /** Sends the bytes from `start` up to `end`, however many attempts it takes. */
  async #chunk(start: number, end: number): Promise<void> {
    let at = start;
    for (let attempt = 1; at < end; attempt += 1) {
      try {
        at = await this.#patch(at, end);
      } catch (error) {
        if (this.#source.failed) throw error;
        await pauseOrThrow(error, attempt, this.#client.options);
        const reached = await this.#reached();
        if (reached < start || reached > end) throw lost(this.#client.name, error);
        if (reached > at) attempt = 0;
        at = reached;
      }
    }
    this.#source.forget(end);
  }

  /**
   * Sends what is left from a position on and tells the registry that this is all; of a reply
   * that got lost the blob itself tells.
   */
  async #commit(descriptor: Descriptor, from: number): Promise<void> {
    const path = new URL(this.#location);
    path.search += `${path.search === '' ? '?' : '&'}digest=${encodeURIComponent(descriptor.digest)}`;
    const length = descriptor.size - from;
    const headers = { 'content-type': 'application/octet-stream', 'content-length': `${length}` };
    const body = length > 0 ? { body: this.#source.kept() } : {};
    const call = { method: 'PUT', path, actions: 'pull,push', headers, ...body } as const;
    try {
      const response = await this.#client.once({ ...call, expect: [201, 202, 204] });
      response.discard();
    } catch (error) {
      if (this.#source.failed || !(await isThere(this.#client, descriptor))) throw error;
    }
  }

  /** Lets the registry forget what was begun; it forgets by itself too, only later. */
  async cancel(): Promise<void> {
    const call = { method: 'DELETE', path: this.#location, actions: 'pull,push' } as const;
    await this.#client
      .once({ ...call, expect: [202, 204, 404] })
      .then((response) => response.discard())
      .catch(() => {});
  }

  async #patch(start: number, end: number): Promise<number> {
    const response = await this.#client.once({
      method: 'PATCH',
      path: this.#location,
      expect: [201, 202, 204],
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': `${end - start}`,
        'content-range': `${start}-${end - 1}`,
      },
      body: () => this.#source.from(start, end),
      actions: 'pull,push',
    });
    response.discard();
    this.#location = locationOf(response);
    return reachedBy(response.headers.range) ?? end;
  }

  /** How many bytes the registry has. */
  async #reached(): Promise<number> {
    const answer = await this.#client.send({
      method: 'GET',
      path: this.#location,
      expect: [204, 200],
      actions: 'pull,push',
    });
    if (answer.headers.location) this.#location = locationOf(answer);
    return reachedBy(answer.headers.range) ?? 0;
  }
}

/** Bytes that a `Range: 0-N` header speaks of; N is the last one that arrived. */
function reachedBy(range: string | string[] | undefined): number | undefined {
  const [, end] = /^(?:bytes=)?0-(\d{1,15})$/.exec(String(range ?? '')) ?? [];
  return end == null ? undefined : Number(end) + (end === '0' ? 0 : 1);
}

async function isThere(client: Client, { digest }: Descriptor): Promise<boolean> {
  const call = { method: 'HEAD', path: `blobs/${digest}`, follow: false } as const;
  const answer = await client
    .send({ ...call, expect: [200, 307, 302, 404] })
    .catch(() => undefined);
  return answer != null && answer.status !== 404;
}

function lost(name: string, cause: unknown): LockstepError {
  return new LockstepError('registry', `${name} lost an upload that was under way`, {
    cause,
    context: { upload: 'lost' },
  });
}
