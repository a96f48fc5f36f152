import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../system/digest.ts';
import { digestOf } from '../../system/digest.ts';
import type { Descriptor } from '../descriptor.ts';
import { OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from '../media-type.ts';
import { openRegistry } from '../open/open.ts';
import { putManifest } from '../testing/image.ts';
import { startScriptedServer } from '../testing/scripted-server.ts';

const subject: Descriptor = { mediaType: OCI_MANIFEST, digest: digestOf('subject'), size: 7 };

const names = ['a', 'b', 'c', 'd', 'e', 'f'];

/**
 * A registry without lists of referrers: `lose` writes of one are undone by somebody else. Manifests
 * are answered when `count` of them are there.
 */
async function aRegistry(count: number, lose: number) {
  const waiting: ServerResponse[] = [];
  const lists: Digest[][] = [];
  const manifests = new Map<string, string>();
  const store = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    const body = await text(request);
    manifests.set(path, body);
    if (path.includes('sha256-')) {
      const { manifests: listed } = JSON.parse(body) as { manifests: Descriptor[] };
      lists.push(listed.map(({ digest }) => digest));
      if (lists.length <= lose) manifests.delete(path);
      response.writeHead(201).end();
    } else if (waiting.push(response) === count) {
      for (const one of waiting) one.writeHead(201).end();
    }
  };
  const server = await startScriptedServer({
    'PUT /v2/r/manifests/': (request, response) => void store(request, response),
    'GET /v2/r/manifests/': ({ url = '' }, response) => {
      const found = manifests.get(url);
      const type = url.includes('sha256-') ? OCI_INDEX : OCI_MANIFEST;
      response.writeHead(found ? 200 : 404, { 'content-type': type }).end(found);
    },
  });
  return {
    server,
    lists,
    repository: openRegistry(server.host, { env: {}, cwd: '/' }).repository('r'),
  };
}

describe('the list under the fallback tag', () => {
  it.each([
    ['in few writes', 0],
    ['also when somebody undoes the first', 1],
  ])('gets what is attached at once, %s', async (_, lose) => {
    const { server, lists, repository } = await aRegistry(names.length, lose);
    await using _server = server;
    const config = { mediaType: OCI_EMPTY, digest: digestOf('{}'), size: 2 };
    const attach = (name: string) =>
      putManifest(repository, {
        mediaType: OCI_MANIFEST,
        config,
        layers: [config],
        subject,
        annotations: { name },
      });

    const attached = await Promise.all(names.map(attach));

    const wanted = attached.map(({ digest }) => digest).sort();
    expect(lists.at(-1)?.toSorted()).toEqual(wanted);
    expect(new Set(lists.at(-1)).size).toBe(wanted.length);
    expect(lists.length).toBeLessThan(names.length - 1);
  });
});
