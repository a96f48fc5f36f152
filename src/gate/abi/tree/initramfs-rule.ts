import { decompressBytes } from '../../../file/compression/compression.ts';
import type { CpioEntry } from '../../../file/cpio.ts';
import { readInitramfs } from '../../../file/initramfs.ts';
import { type FileTree, readIfThere } from '../../../file/tree.ts';
import { readElf } from '../../../kernel/elf/elf.ts';
import { unifiedSection } from '../../../kernel/image/unified.ts';
import { winnerOf } from '../../../kernel/kmod/depmod-config.ts';
import { type KernelModule, modinfoValue, readModule } from '../../../kernel/module/module.ts';
import { MODULE_FILE } from '../../../kernel/module/name.ts';
import { readSignatureTrailer } from '../../../kernel/signature/signature.ts';
import { readUnifiedImage } from '../../../oci/evidence/unified.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Finding } from '../../../system/finding.ts';
import { type KernelFiles, moduleName } from '../kernel/files.ts';
import type { InspectedModule } from '../module/inspect.ts';
import { MODULE_LIMIT } from '../module/unpack.ts';

const IN_ARCHIVE = /(?:^|\/)lib\/modules\/([^/]+)\/(.*)$/;

/** Modules of an initramfs: paths from the folder of the kernel, with those that were read. */
interface Held {
  paths: string[];
  /** Releases of other kernels that have modules there. */
  otherReleases: Set<string>;
  read: Map<string, KernelModule | undefined>;
}

/**
 * What an initramfs holds in place of modules from outside of the kernel: it is unpacked before
 * the root is there, so what it loads is what runs. Reads nothing where there are no such modules.
 */
export async function checkInitramfs(
  tree: FileTree,
  files: KernelFiles,
  modules: readonly InspectedModule[],
): Promise<Finding[]> {
  if (modules.length === 0) return [];
  const wanted = new Map(modules.map((each) => [moduleName(each.file), each]));
  const findings: Finding[] = [];
  for (const { path, read } of imagesOf(tree, files)) {
    try {
      const content = await read();
      if (!content) continue;
      const held = await readHeld(content, files.release, (name) => wanted.has(name));
      findings.push(...judge(files, path, { held, wanted }));
    } catch (error) {
      if (!(error instanceof LockstepError)) throw error;
      findings.push(unreadable(path, error));
    }
  }
  return findings;
}

interface Image {
  path: string;
  read: () => Promise<Uint8Array | undefined>;
}

function imagesOf(tree: FileTree, files: KernelFiles): Image[] {
  const { folder, release, others } = files;
  const beside = ['initramfs.img', 'initrd', 'initrd.img'].filter((name) => others.has(name));
  const places = [
    ...beside.map((name) => `${folder}/${name}`),
    `boot/initramfs-${release}.img`,
    `boot/initrd.img-${release}`,
    `boot/initrd-${release}`,
    `usr/lib/ostree-boot/initramfs-${release}.img`,
  ];
  const unified = async () => {
    const image = others.has('vmlinuz') ? undefined : await readUnifiedImage(tree, files);
    return image && unifiedSection(image, '.initrd');
  };
  return [
    ...places.map((path) => ({ path, read: () => readIfThere(tree, path) })),
    { path: `in the unified kernel image of ${release}`, read: unified },
  ];
}

async function readHeld(
  image: Uint8Array,
  release: string,
  isWanted: (name: string) => boolean,
): Promise<Held> {
  const held: Held = { paths: [], otherReleases: new Set(), read: new Map() };
  for await (const entry of readInitramfs(image)) {
    const [, owner, path] = IN_ARCHIVE.exec(entry.header.path) ?? [];
    if (!owner || !path || !MODULE_FILE.test(path) || !isFile(entry)) continue;
    if (owner !== release) held.otherReleases.add(owner);
    else {
      held.paths.push(path);
      if (isWanted(moduleName(path))) held.read.set(path, await readEntry(entry));
    }
  }
  return held;
}

function isFile({ header }: CpioEntry): boolean {
  return (header.mode & 0o170000) === 0o100000;
}

async function readEntry({ header, body }: CpioEntry): Promise<KernelModule | undefined> {
  if (header.size > MODULE_LIMIT) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(Uint8Array.from(part));
  try {
    const bytes = decompressBytes(Buffer.concat(parts), MODULE_LIMIT);
    return readModule(readElf(readSignatureTrailer(bytes).content));
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
}

function judge(
  files: KernelFiles,
  image: string,
  { held, wanted }: { held: Held; wanted: ReadonlyMap<string, InspectedModule> },
): Finding[] {
  const { release, depmod } = files;
  const [other] = held.otherReleases;
  if (held.paths.length === 0 && other)
    return [told(files, image, `holds modules of ${other} and none of ${release}`)];
  const present = new Set(files.modules.map(({ path }) => moduleName(path)));
  const byName = Map.groupBy(held.paths, moduleName);
  return [...byName].flatMap(([name, paths]) => {
    const path = winnerOf(depmod, paths) ?? paths[0] ?? '';
    const root = wanted.get(name);
    if (root) return differing(files, image, { path, root, found: held.read.get(path) });
    if (present.has(name) || path.startsWith('kernel/')) return [];
    const message = `holds ${path}, which is not among the modules of ${release} any more`;
    return [{ ...told(files, image, message), severity: 'warning' as const }];
  });
}

/** The same content has the same build ID; without one, what modules tell of themselves decides. */
function differing(
  files: KernelFiles,
  image: string,
  { path, root, found }: { path: string; root: InspectedModule; found: KernelModule | undefined },
): Finding[] {
  const own = root.module;
  if (found && own && isSame(found, own)) return [];
  const versionOf = (module: KernelModule | undefined) => module && modinfoValue(module, 'version');
  const [there, here] = [versionOf(found), versionOf(own)];
  const which = there === here ? 'another build of it' : `version ${there ?? '(none)'}`;
  const message = `holds ${path}, ${which}, and not ${root.file}${there === here ? '' : `, version ${here ?? '(none)'}`}: the one in the initramfs is loaded first`;
  return [told(files, image, message)];
}

function isSame(a: KernelModule, b: KernelModule): boolean {
  if (a.buildId != null && b.buildId != null) return a.buildId === b.buildId;
  const facts = ({ modinfo, imports, exports }: KernelModule) =>
    JSON.stringify([modinfo, imports, exports]);
  return facts(a) === facts(b);
}

function told({ release }: KernelFiles, image: string, what: string): Finding {
  return {
    rule: 'initramfs',
    severity: 'error',
    message: `the initramfs ${image} ${what}`,
    where: { file: image },
    hint: `make it again after the modules are installed: dracut --force --kver ${release}, or update-initramfs -u -k ${release}`,
  };
}

function unreadable(image: string, error: LockstepError): Finding {
  return {
    rule: 'initramfs',
    severity: 'warning',
    message: `the initramfs ${image} cannot be read, so its modules are not known: ${error.message}`,
    where: { file: image },
  };
}
