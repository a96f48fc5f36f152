import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { readTar, type TarEntry } from '../../file/tar/tar.ts';
import type { FileTree } from '../../file/tree.ts';
import { digestOfJson } from '../../system/digest.ts';
import { runOk } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';
import { treeOf } from './tree.ts';

/** A small Debian with a real kernel, unpacked without running any of its programs. */
export interface GuestRoot {
  /** The kernel release in it. */
  kernel: string;
  /** Its kernel and modules. */
  tree: FileTree;
  /** Path of the tar archive of all its files. */
  path: string;
  tar(): AsyncIterable<Uint8Array>;
}

/** What a root consists of. */
export interface RootContent {
  packages: readonly string[];
  /** What of the kernel's modules is kept: parts of their paths. */
  modules: readonly string[];
}

/** As little as the boot gate needs. */
const SMALL: RootContent = {
  packages: ['kmod', 'dash', 'coreutils'],
  modules: ['/virtio/', '/block/', '/char/virtio', '/fs/squashfs/', '/fs/overlayfs/', '/dummy.ko'],
};

/** Goes without what no test looks at, so that guests start sooner; then makes the indexes. */
const prepare = (modules: readonly string[]) => `set -e
rm -rf "$1"/usr/share/doc "$1"/usr/share/locale "$1"/usr/share/man
cd "$1"/usr/lib/modules/*
find kernel -name '*.ko' ${modules.map((part) => `! -path '*${part}*'`).join(' ')} -delete
depmod -b "$1" "\${PWD##*/}"`;

function optionsFor({ packages, modules }: RootContent): string[] {
  return [
    '--variant=extract',
    '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
    `--include=${['linux-image-cloud-amd64', ...packages].join(',')}`,
    `--extract-hook=${prepare(modules)}`,
    '--format=tar',
    'bookworm',
  ];
}

/** Kept between runs: what is in it does not matter, only that it is real. */
const CACHE = join(tmpdir(), `lockstep-tests-${userInfo().username}`);

/** The same root for all tests that ask for the same, made once. */
export async function guestRoot(content: RootContent = SMALL): Promise<GuestRoot> {
  const options = optionsFor(content);
  const path = join(CACHE, `guest-root-${digestOfJson(options).slice(7, 19)}.tar`);
  if (!(await stat(path).catch(() => undefined))) await makeRoot(path, options);
  const files: Record<string, Uint8Array> = {};
  for await (const entry of readTar(createReadStream(path))) {
    const name = entry.header.path.replace(/^\.\//, '');
    const wanted = /^(usr\/lib\/modules|boot)\/.*/.test(name) && entry.header.type === 'file';
    if (wanted) files[name] = await contentOf(entry);
  }
  const kernel = Object.keys(files)
    .find((name) => name.startsWith('boot/vmlinuz-'))
    ?.slice(13);
  if (!kernel) throw new Error(`no kernel in ${path}`);
  return { kernel, tree: treeOf(files), path, tar: () => createReadStream(path) };
}

async function makeRoot(path: string, options: readonly string[]): Promise<void> {
  const { env } = process;
  await mkdir(CACHE, { recursive: true });
  const partial = `${path}.${process.pid}`;
  try {
    await runOk(requireProgram('mmdebstrap', env), [...options, partial], { env });
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

async function contentOf(entry: TarEntry): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(entry.body));
}
