import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { AwsV4Signer } from 'aws4fetch';
import { type Radosgw, USERS } from '../../src/flist/testing/radosgw.ts';
import { mapConcurrently } from '../../src/system/concurrency.ts';

const AT_ONCE = 16;
const signingKeys = new Map<string, ArrayBuffer>();

/**
 * Seconds that it takes to put the blocks of a `dir://` store into a folder of the bucket and do no
 * more: no question comes before, and each block is in memory already.
 */
export async function secondsToPut(
  store: string,
  { radosgw, folder }: { radosgw: Radosgw; folder: string },
): Promise<number> {
  const blocks = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ name, content: readFileSync(join(parentPath, name)) }));
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const place = `http://127.0.0.1:${radosgw.port}/${radosgw.bucket}/${folder}`;
  const start = performance.now();
  await mapConcurrently(blocks, AT_ONCE, ({ name, content }) =>
    put(`${place}/${name}`, content, agent),
  );
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  return seconds;
}

async function put(url: string, content: Buffer, agent: Agent): Promise<void> {
  const headers = await signed(url, content);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const outgoing = request(url, { method: 'PUT', agent, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    outgoing.once('error', reject).end(content);
  });
  if (status !== 200) throw new Error(`PUT ${url} answered ${status}`);
}

async function signed(url: string, content: Buffer): Promise<Record<string, string>> {
  const { user: accessKeyId, password: secretAccessKey } = USERS.write;
  const digest = createHash('sha256').update(content).digest('hex');
  const signer = new AwsV4Signer({
    method: 'PUT',
    url,
    headers: { 'x-amz-content-sha256': digest },
    accessKeyId,
    secretAccessKey,
    service: 's3',
    region: 'garage',
    cache: signingKeys,
  });
  const { headers } = await signer.sign();
  return { ...Object.fromEntries(headers), 'content-length': String(content.length) };
}
