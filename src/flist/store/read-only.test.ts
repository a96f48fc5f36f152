import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { connection } from '../testing/flist.ts';
import { startS3Server } from '../testing/s3-server.ts';
import { requireReadOnly } from './read-only.ts';
import { parseRoute } from './route.ts';

test('a key that can write is refused, and what it wrote is taken away', async () => {
  await using server = await startS3Server();
  const asked = requireReadOnly([parseRoute(server.url)], connection);
  await expect(asked).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('can write'),
  });
  await expect(asked).rejects.not.toThrow(/S3RVER/);
});

test.each([
  [403, undefined],
  [401, undefined],
  [500, 'registry'],
  [404, 'registry'],
])('a store that answers %d to writing: %s', async (status, code) => {
  await using server = createServer((request, response) => {
    request.resume();
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = requireReadOnly([parseRoute(`s3://read:only@127.0.0.1:${port}/blobs`)], connection);
  if (code == null) await expect(asked).resolves.toBeUndefined();
  else await expect(asked).rejects.toMatchObject({ code });
});

test('routes without keys are passed over', async () => {
  await expect(
    requireReadOnly(
      [parseRoute('dir:///nowhere'), parseRoute('http://127.0.0.1:1/blobs')],
      connection,
    ),
  ).resolves.toBeUndefined();
});
