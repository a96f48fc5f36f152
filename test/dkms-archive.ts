import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DkmsTrial, packDkms } from '../src/source/testing/builder.ts';
import { digestOf } from '../src/system/digest.ts';
import { runOk } from '../src/system/process.ts';

/** The suite of such an archive. */
export const SUITE = 'local';

/**
 * A signed archive on disk with DKMS packages (`x-dkms`, or as they are called), for an apt that has
 * the machine's own sources too. Returns the value of `APT_CONFIG`. The folder must be empty.
 */
export async function aDkmsArchive(folder: string, ...sources: DkmsTrial[]): Promise<string> {
  const at = (...parts: string[]) => join(folder, ...parts);
  const index = 'main/binary-amd64/Packages';
  const dists = at('www/dists', SUITE);
  await mkdir(join(dists, 'main/binary-amd64'), { recursive: true });
  await mkdir(at('www/pool'), { recursive: true });
  for (const source of sources) {
    const { name = 'x' } = source;
    await packDkms(at('trees', name), at('www/pool', `${name}-dkms_1_all.deb`), source);
  }
  const { stdout } = await runOk('dpkg-scanpackages', ['pool'], { cwd: at('www') });
  await writeFile(join(dists, index), stdout);
  await writeFile(join(dists, 'Release'), release(index, stdout));
  await sign(at('gnupg'), dists, at('key.gpg'));
  await mkdir(at('sources.d'));
  await copySources(at('sources.d'));
  const line = `deb [signed-by=${at('key.gpg')}] file:${at('www')} ${SUITE} main\n`;
  await writeFile(at('sources.d/local.list'), line);
  const settings = [
    'Dir::Etc::sourcelist "/dev/null";',
    `Dir::Etc::sourceparts "${at('sources.d')}";`,
  ];
  await writeFile(at('apt.conf'), `${settings.join('\n')}\n`);
  return at('apt.conf');
}

function release(index: string, content: string): string {
  const size = Buffer.byteLength(content);
  return `Origin: test
Suite: ${SUITE}
Codename: ${SUITE}
Architectures: amd64
Components: main
Date: ${new Date().toUTCString().replace('GMT', 'UTC')}
SHA256:
 ${digestOf(content).slice('sha256:'.length)} ${size} ${index}
`;
}

async function sign(home: string, dists: string, key: string): Promise<void> {
  await mkdir(home, { mode: 0o700 });
  const gpg = (...args: string[]) =>
    runOk('gpg', ['--homedir', home, '--batch', '--quiet', ...args]);
  await gpg('--passphrase', '', '--quick-gen-key', 'Test archive', 'ed25519', 'sign', 'never');
  await gpg('--output', key, '--export');
  await gpg('--output', join(dists, 'InRelease'), '--clearsign', join(dists, 'Release'));
  await runOk('gpgconf', ['--homedir', home, '--kill', 'all']);
}

/** What the machine's own apt is configured with. */
async function copySources(folder: string): Promise<void> {
  const parts = '/etc/apt/sources.list.d';
  for (const name of await readdir(parts).catch(() => [])) {
    await cp(join(parts, name), join(folder, name));
  }
  const own = await readFile('/etc/apt/sources.list', 'utf8').catch(() => '');
  if (own.trim()) await writeFile(join(folder, 'own.list'), own);
}
