import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { runOk } from '../../../system/process.ts';
import { temporaryFolder } from '../../../system/temporary.ts';

export interface LocalPackage {
  name: string;
  version?: string;
  depends?: string;
  essential?: boolean;
  /** Bytes of content that does not compress. */
  bytes?: number;
}

/** How the server answers for a path: as a missing file, with wrong bytes, or not at all. */
export type Fault = 'missing' | 'garbage' | 'hang-up';

/** A signed Debian archive on a loopback port, and a machine whose apt is configured with it. */
export interface LocalArchive extends AsyncDisposable {
  folder: string;
  /** Environment of the machine: its apt reads only this archive. */
  env: NodeJS.ProcessEnv;
  uri: string;
  /** Paths asked for, with the range when there was one. */
  requests: string[];
  /** Faults by the end of the path. */
  faults: Map<string, Fault>;
  publish(packages: readonly LocalPackage[]): Promise<void>;
}

export const LOCAL_SUITE = 'testsuite';

/** Makes, signs and serves an archive of one suite (no updates, no security). */
export async function aLocalArchive(packages: readonly LocalPackage[]): Promise<LocalArchive> {
  const folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  await mkdir(at('gnupg'), { mode: 0o700 });
  const gpg = (...args: string[]) =>
    runOk('gpg', ['--homedir', at('gnupg'), '--batch', '--yes', '--quiet', ...args]);
  await gpg('--passphrase', '', '--quick-gen-key', 'Test archive', 'ed25519', 'sign', 'never');
  await gpg('--output', at('key.gpg'), '--export');
  const served = await serve(at('www'));
  const publish = async (listed: readonly LocalPackage[]) => {
    await makeDists(at(), listed);
    const dists = at('www/debian/dists', LOCAL_SUITE);
    await gpg('--output', join(dists, 'InRelease'), '--clearsign', join(dists, 'Release'));
  };
  await publish(packages);
  const env = await makeMachine(at(), served.uri);
  return {
    folder: folder.path,
    env,
    ...served,
    publish,
    async [Symbol.asyncDispose]() {
      served.close();
      await runOk('gpgconf', ['--homedir', at('gnupg'), '--kill', 'all']);
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function makeMachine(folder: string, uri: string): Promise<NodeJS.ProcessEnv> {
  await mkdir(join(folder, 'sources'));
  const source = `Types: deb\nURIs: ${uri}\nSuites: ${LOCAL_SUITE}\nComponents: main\nSigned-By: ${join(folder, 'key.gpg')}\n`;
  await writeFile(join(folder, 'sources/debian.sources'), source);
  const settings = [
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    'Dir::Etc::sourcelist "/dev/null";',
    `Dir::Etc::sourceparts "${join(folder, 'sources')}";`,
    'Acquire::http::Proxy "DIRECT";',
    'Acquire::Retries "0";',
    'Acquire::http::Timeout "5";',
  ];
  await writeFile(join(folder, 'machine.conf'), `${settings.join('\n')}\n`);
  return { PATH: process.env.PATH, HOME: folder, APT_CONFIG: join(folder, 'machine.conf') };
}

async function makeDists(folder: string, packages: readonly LocalPackage[]): Promise<void> {
  const archive = join(folder, 'www/debian');
  const binary = join(archive, 'dists', LOCAL_SUITE, 'main/binary-amd64');
  await mkdir(binary, { recursive: true });
  await mkdir(join(archive, 'pool/main'), { recursive: true });
  const index = [];
  for (const one of packages) index.push(await makePackage(folder, one));
  const text = index.join('\n');
  await writeFile(join(binary, 'Packages'), text);
  const release = [
    'Origin: Test',
    `Suite: ${LOCAL_SUITE}`,
    `Codename: ${LOCAL_SUITE}`,
    'Version: 99.1',
    `Date: ${new Date().toUTCString().replace('GMT', 'UTC')}`,
    'Architectures: amd64',
    'Components: main',
    `SHA256:\n ${sha256(text)} ${text.length} main/binary-amd64/Packages`,
  ];
  await writeFile(join(archive, 'dists', LOCAL_SUITE, 'Release'), `${release.join('\n')}\n`);
}

async function makePackage(folder: string, one: LocalPackage): Promise<string> {
  const { name, version = '1.0' } = one;
  const tree = join(folder, 'tree', `${name}_${version}`);
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await mkdir(join(tree, 'usr/share', name), { recursive: true });
  const content = new Uint8Array(one.bytes ?? 10);
  for (let at = 0; at < content.length; at += 65_536) {
    crypto.getRandomValues(content.subarray(at, at + 65_536));
  }
  await writeFile(join(tree, 'usr/share', name, 'data'), content);
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: amd64',
    'Maintainer: Test <test@example.org>',
    ...(one.essential ? ['Essential: yes'] : []),
    ...(one.depends ? [`Depends: ${one.depends}`] : []),
    'Description: test',
  ].join('\n');
  await writeFile(join(tree, 'DEBIAN/control'), `${control}\n`);
  const filename = `pool/main/${name}_${version}_amd64.deb`;
  const path = join(folder, 'www/debian', filename);
  const known = await readdir(join(path, '..'));
  if (!known.includes(`${name}_${version}_amd64.deb`)) {
    await runOk('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, path]);
  }
  const bytes = await readFile(path);
  return `${control}\nFilename: ${filename}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function serve(root: string) {
  const requests: string[] = [];
  const faults = new Map<string, Fault>();
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(request.url ?? '/'));
    const range = request.headers.range ?? '';
    requests.push(`${path} ${range}`.trim());
    const fault = [...faults].find(([end]) => path.endsWith(end))?.[1];
    if (fault === 'hang-up') request.socket.destroy();
    else answer(response, { file: join(root, path), range, fault });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { uri: `http://127.0.0.1:${port}/debian`, requests, faults, close };
}

function answer(
  response: ServerResponse,
  { file, range, fault }: { file: string; range: string; fault?: Fault },
): void {
  const found = fault === 'missing' ? undefined : statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  const { size, mtime } = found;
  if (fault === 'garbage') {
    response.end(new Uint8Array(size));
    return;
  }
  const start = Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? 0);
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': size - start,
    'last-modified': mtime.toUTCString(),
    ...(start > 0 ? { 'content-range': `bytes ${start}-${size - 1}/${size}` } : {}),
  });
  createReadStream(file, { start }).pipe(response);
}
