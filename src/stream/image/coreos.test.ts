import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { coreosEvidence } from './coreos.ts';

const STREAM = {
  architectures: { x86_64: { artifacts: { qemu: { release: '44.20260707.3.1', formats: {} } } } },
};
const VERSION = '44.20260707.3.1';

describe(coreosEvidence, () => {
  it('takes the kernel from the label of the build', async () => {
    await using server = await serving({ 'ostree.linux': '6.19.2-300.fc44.x86_64' });

    expect(await coreosEvidence('stable', VERSION, server)).toEqual({
      release: VERSION,
      kernel: '6.19.2-300.fc44.x86_64',
    });
  });

  it('takes the kernel from the list of packages when there is no label', async () => {
    const list = [['kernel-core', '0', '6.19.2', '300.fc44', 'x86_64']];
    await using server = await serving({ 'rpmostree.rpmdb.pkglist': list });

    expect((await coreosEvidence('stable', VERSION, server)).kernel).toBe('6.19.2-300.fc44.x86_64');
  });

  it('says which file cannot be had', async () => {
    await using server = await serving({});

    await expect(coreosEvidence('next', VERSION, server)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('/streams/next.json was answered 404'),
    });
  });
});

async function serving(commit: object) {
  const files: Record<string, object> = {
    '/streams/stable.json': STREAM,
    [`/prod/streams/stable/builds/${VERSION}/x86_64/commitmeta.json`]: commit,
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file ? 200 : 404).end(JSON.stringify(file ?? {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    builds: `http://127.0.0.1:${port}`,
    env: {},
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
