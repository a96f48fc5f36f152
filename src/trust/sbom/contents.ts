import { decompressBytes } from '../../file/compression/compression.ts';
import { readElf } from '../../kernel/elf/elf.ts';
import { modinfoValue, readModule } from '../../kernel/module/module.ts';
import { moduleName } from '../../kernel/module/name.ts';
import { readSignatureTrailer } from '../../kernel/signature/signature.ts';
import type { ImageTree } from '../../oci/tree/tree.ts';
import { parseControl } from '../../package/control.ts';
import { RPM_TAG } from '../../package/rpm-header.ts';
import { installedRpms, textOf } from '../../stream/image/installed-packages.ts';
import { isOsRelease, type OsRelease, readOsRelease } from '../../stream/image/system.ts';
import { type Digest, digestOf } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';

/** A package that is installed in an image, or lies in it as a file. */
export interface InstalledPackage {
  kind: 'deb' | 'rpm';
  name: string;
  /** In full, with an epoch. */
  version: string;
  architecture: string;
  /** What it was built from: name and version, or the file of an RPM. */
  source?: string;
  /** Who made it, as it says. */
  by?: string;
  /** As it says; not always an expression of SPDX. */
  license?: string;
  /** Where it lies when it is not installed. */
  file?: { path: string; digest: Digest };
}

/** A kernel module that did not come with the kernel. */
export interface InstalledModule {
  path: string;
  name: string;
  kernel: string;
  /** Of the file as it lies there. */
  digest: Digest;
  version?: string;
  license?: string;
}

/** What an image consists of. */
export interface ImageContents {
  os: OsRelease | undefined;
  packages: InstalledPackage[];
  modules: InstalledModule[];
}

/** No module is larger, unpacked. */
const MODULE_LIMIT = 256 << 20;
/** Where modules lie that the kernel did not bring (kernel: scripts/Makefile.modinst, dkms, weak-modules). */
const MODULE = /^(?:usr\/)?lib\/modules\/([^/]+)\/(?!kernel\/).+\.ko(?:\.(?:xz|zst|gz))?$/;
const DATABASES =
  /^(?:var\/lib\/dpkg\/status|.*\/rpm\/(?:rpmdb\.sqlite(?:-wal)?|Packages(?:\.db)?))$/;

const DPKG_STATUS = 'var/lib/dpkg/status';

/** Whether a path is worth keeping while layers are read. */
export function tellsContents(path: string): boolean {
  return isOsRelease(path) || DATABASES.test(path) || MODULE.test(path);
}

/**
 * Reads which packages and which modules of others than the kernel an image has, by the database of
 * rpm or dpkg and the modules themselves; no other file is fetched.
 */
export async function readContents(tree: ImageTree): Promise<ImageContents> {
  const packages = [...(await debsOf(tree)), ...(await rpmsOf(tree))];
  return { os: await readOsRelease(tree), packages, modules: await modulesOf(tree) };
}

async function debsOf(tree: ImageTree): Promise<InstalledPackage[]> {
  const text = await textOf(tree, DPKG_STATUS);
  const stanzas = parseControl(text);
  if (text.trim() !== '' && stanzas.every(({ package: name }) => name == null))
    throw new LockstepError('invalid-content', `${DPKG_STATUS} of the image names no package`, {
      hint: 'it is damaged: what the image consists of cannot be told',
    });
  return stanzas.flatMap(({ package: name, version, architecture, status, source, maintainer }) => {
    if (status?.split(' ').at(-1) !== 'installed' || !name || !version) return [];
    return {
      kind: 'deb' as const,
      name,
      version,
      architecture: architecture ?? 'all',
      ...(source && { source }),
      ...(maintainer && { by: maintainer }),
    };
  });
}

async function rpmsOf(tree: ImageTree): Promise<InstalledPackage[]> {
  const installed = await installedRpms(tree);
  // Keys that rpm trusts stand in its database like packages.
  const packages = installed.filter(({ name }) => name !== 'gpg-pubkey');
  return packages.map(({ name, version, release, header }) => {
    const epoch = header.numbers(RPM_TAG.epoch)[0];
    const [source, by, license] = [RPM_TAG.sourceRpm, RPM_TAG.vendor, RPM_TAG.license].map((tag) =>
      header.text(tag),
    );
    return {
      kind: 'rpm' as const,
      name,
      version: `${epoch ? `${epoch}:` : ''}${version}-${release}`,
      architecture: header.text(RPM_TAG.architecture) ?? 'noarch',
      ...(source && { source }),
      ...(by && { by }),
      ...(license && { license }),
    };
  });
}

async function modulesOf(tree: ImageTree): Promise<InstalledModule[]> {
  const kernels = new Map<string, string>();
  for (const folder of ['usr/lib/modules', 'lib/modules']) {
    for await (const { path, type } of tree.list(folder)) {
      const kernel = type === 'file' ? MODULE.exec(path)?.[1] : undefined;
      if (kernel) kernels.set(path, kernel);
    }
  }
  const modules: InstalledModule[] = [];
  for await (const { path, content } of tree.readMany(new Set(kernels.keys()))) {
    const about = { path, name: moduleName(path), kernel: kernels.get(path) ?? '' };
    modules.push({ ...about, digest: digestOf(content), ...said(content) });
  }
  return modules.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** What a module says of itself; nothing where it cannot be read. */
function said(content: Uint8Array): Pick<InstalledModule, 'version' | 'license'> {
  try {
    const bytes = decompressBytes(content, MODULE_LIMIT);
    const module = readModule(readElf(readSignatureTrailer(bytes).content));
    const [version, license] = ['version', 'license'].map((key) => modinfoValue(module, key));
    return { ...(version && { version }), ...(license && { license }) };
  } catch (problem) {
    if (problem instanceof LockstepError) return {};
    throw problem;
  }
}
