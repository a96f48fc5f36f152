import { type FileTree, readIfThere } from '../../file/tree.ts';
import { type ModuleCompression, moduleCompression } from '../../kernel/module/compression.ts';
import { compareReleases } from '../../kernel/version/release.ts';
import { directoryEvidence } from '../../oci/evidence/files.ts';
import type { ImageTree } from '../../oci/tree/tree.ts';
import { LockstepError } from '../../system/error.ts';

/** Programs that install RPM packages in an image, the best first. */
export const INSTALLERS = ['dnf5', 'dnf', 'rpm-ostree'] as const;
export type Installer = (typeof INSTALLERS)[number];

/** What a kernel's makefile lets a release be made of; recipes and scripts name it unquoted. */
const RELEASE = /^[A-Za-z0-9][\w.+~^-]{0,63}$/;

/** `ID` and `VERSION_ID` of os-release(5). */
export interface OsRelease {
  id: string;
  version: string;
}

const OS_RELEASE = ['usr/lib/os-release', 'etc/os-release'];

/** Whether a path is worth keeping while the layers are read. */
export function isOsRelease(path: string): boolean {
  return OS_RELEASE.includes(path);
}

export interface ImageSystem {
  os: OsRelease;
  /** Releases of all kernels, the oldest first. */
  kernels: string[];
  /** What installs packages in it. */
  installer: Installer;
  /** Of the modules of its newest kernel. */
  compression: ModuleCompression;
}

/** What an image of the Fedora family says of itself by its files. */
export async function readSystem(tree: ImageTree): Promise<ImageSystem> {
  const { evidence } = await directoryEvidence(tree);
  const kernels = evidence.filter(({ source }) => source === 'directory').map((one) => one.kernel);
  if (kernels.length === 0) throw unusable(tree, 'holds no kernel below /usr/lib/modules');
  const odd = kernels.find((kernel) => !RELEASE.test(kernel));
  if (odd) throw unusable(tree, `holds a kernel whose release is none: ${JSON.stringify(odd)}`);
  const installer = INSTALLERS.find((name) => tree.entry(`usr/bin/${name}`, true));
  if (!installer) throw unusable(tree, `has none of ${INSTALLERS.join(', ')}`);
  kernels.sort(compareReleases);
  const compression = await compressionOf(tree, kernels.at(-1) ?? '');
  return { os: await osOf(tree), kernels, installer, compression };
}

async function compressionOf(tree: ImageTree, kernel: string): Promise<ModuleCompression> {
  for await (const { path } of tree.list(`usr/lib/modules/${kernel}/kernel`)) {
    const compression = moduleCompression(path);
    if (compression) return compression;
  }
  return 'none';
}

async function osOf(tree: ImageTree): Promise<OsRelease> {
  const found = await readOsRelease(tree);
  if (found) return found;
  throw unusable(tree, 'has no os-release');
}

/** The os-release of an image; undefined where it has none. */
export async function readOsRelease(tree: FileTree): Promise<OsRelease | undefined> {
  for (const path of OS_RELEASE) {
    const content = await readIfThere(tree, path);
    if (content) return parseOsRelease(Buffer.from(content).toString('utf8'));
  }
  return undefined;
}

/** Reads os-release(5): assignments as a shell would read them, without any expansion. */
export function parseOsRelease(text: string): OsRelease {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, quoted, plain] = /^([A-Z_]+)=(?:["'](.*)["']|(.*))$/.exec(line.trim()) ?? [];
    if (name) values.set(name, quoted ?? plain ?? '');
  }
  return { id: values.get('ID') ?? 'linux', version: values.get('VERSION_ID') ?? '0' };
}

function unusable(tree: ImageTree, why: string): LockstepError {
  return new LockstepError('config', `the base ${tree.name} ${why}`, {
    hint: 'name a bootable image of the Fedora family, or a Debian suite (base.debian)',
  });
}
