import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runOk } from '../../../system/process.ts';

/** A real kernel package, unpacked. */
export interface RealKernel {
  release: string;
  /** The unpacked root: `boot` and `lib/modules`. */
  root: string;
  modulesDir: string;
}

/**
 * Fetches a kernel from the archive that this machine's apt knows, and unpacks it into a folder.
 * `meta` is a package that depends on it (`linux-image-cloud-amd64`), or the package itself.
 */
export async function fetchKernel(folder: string, meta: string): Promise<RealKernel> {
  const name = await exactPackage(meta);
  const root = await unpack(folder, name);
  const release = name.replace(/^linux-image-/, '').replace(/-unsigned$/, '');
  return { release, root, modulesDir: join(root, 'lib/modules', release) };
}

/** The `Module.symvers` of a fetched kernel, from its headers. */
export async function fetchSymvers(folder: string, kernel: RealKernel): Promise<string> {
  const name = `linux-headers-${kernel.release}`;
  const root = await unpack(folder, name);
  return join(root, 'usr/src', name, 'Module.symvers');
}

async function unpack(folder: string, name: string): Promise<string> {
  const downloads = join(folder, 'downloads');
  const root = join(folder, name);
  await mkdir(downloads, { recursive: true });
  await runOk('apt-get', ['-q', 'download', name], { cwd: downloads });
  const file = (await readdir(downloads)).find((entry) => entry.startsWith(`${name}_`));
  await runOk('dpkg-deb', ['-x', join(downloads, file ?? name), root]);
  return root;
}

async function exactPackage(meta: string): Promise<string> {
  const { stdout } = await runOk('apt-cache', ['depends', '--important', meta]);
  return /Depends: (linux-image-\d\S+)/.exec(stdout)?.[1] ?? meta;
}
