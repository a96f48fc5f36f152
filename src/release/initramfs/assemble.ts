import { join } from 'node:path';
import { globMatcher } from '../../file/path-glob.ts';
import { bootFiles, type InitSystem } from '../../flist/boot/units.ts';
import { type Digest, digestOf, digestOfJson } from '../../system/digest.ts';
import { bytesOf } from './archive.ts';
import { programFiles } from './program.ts';
import {
  aDirectory,
  aFile,
  aSymlink,
  filesOfFolder,
  filesOfTar,
  putFiles,
  type RootFiles,
} from './root-files.ts';

/** Where a machine looks for its manifests. */
export const MANIFESTS = 'etc/flists';

/** What no machine reads that boots from an initramfs. */
const LEFT_OUT = [
  'boot/**',
  'usr/share/{doc,info,locale,man,lintian,bug}/**',
  'usr/share/{perl,perl5,zoneinfo,bash-completion,common-licenses}/**',
  'usr/lib/*/{perl,perl-base}/**',
  'usr/lib/*/lib{perl,apt-pkg,apt-private}.*',
  'usr/lib/udev/hwdb.d/**',
  'usr/lib/{apt,dpkg}/**',
  'var/cache/**',
  'var/lib/{apt,dpkg}/**',
  'var/log/**',
  'usr/bin/{perl*,dpkg*,apt*}',
] as const;

/** What starts a machine: scripts, units, the program that mounts, and the files of the user. */
export interface InitParts {
  init: InitSystem;
  /** Seconds that a store may take. */
  wait: number;
  /** The Node that the program runs with; undefined: the program comes with the overlay. */
  node?: string;
  /** Folder that is laid over the root. */
  overlay?: string;
}

/** The files of the stage `init`. */
export function initFiles({ init, wait, node, overlay }: InitParts): RootFiles {
  const files: RootFiles = node == null ? new Map() : programFiles(node);
  for (const { path, mode, text, isLink } of bootFiles(init, { folder: `/${MANIFESTS}`, wait }))
    files.set(path, isLink ? aSymlink(text) : aFile(text, mode));
  if (init === 'systemd') files.set('init', aSymlink('usr/lib/systemd/systemd'));
  for (const name of ['proc', 'sys', 'dev', 'run', 'tmp', MANIFESTS]) files.set(name, aDirectory());
  if (overlay != null) for (const [path, file] of filesOfFolder(overlay)) files.set(path, file);
  return files;
}

/** Digest of files by path, mode, owner and content. */
export async function digestOfFiles(files: RootFiles): Promise<Digest> {
  const told = [];
  for (const [path, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    told.push([path, file.mode, file.uid, file.gid, digestOf(await bytesOf(file))]);
  return digestOfJson(told);
}

/** What stages have made, in the order in which it is laid over each other. */
export interface Made {
  /** Tar file of the root. */
  root: string;
  init: RootFiles;
  /** Root with the modules that stay inside. */
  modules: string;
  /** Folder with the manifests of the flists. */
  manifests?: string;
  remove: readonly string[];
}

/** The files of the initramfs, and how many of them and of their bytes were left out. */
export async function assemble({ root: tar, init, modules, manifests, remove }: Made) {
  const root = await filesOfTar(tar);
  const left = [...LEFT_OUT, ...remove].map(globMatcher);
  const removed = { files: 0, bytes: 0 };
  for (const [path, { content }] of root) {
    if (!left.some((matches) => matches(path))) continue;
    root.delete(path);
    removed.files += 1;
    removed.bytes += content instanceof Uint8Array ? content.length : content.size;
  }
  putFiles(root, filesOfFolder(join(modules, 'usr/lib/modules'), 'usr/lib/modules'));
  if (manifests != null) putFiles(root, filesOfFolder(manifests, MANIFESTS));
  putFiles(root, init);
  return { root, removed };
}
