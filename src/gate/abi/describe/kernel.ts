import { decompressBytes } from '../../../file/compression/compression.ts';
import { type FileTree, firstThere } from '../../../file/tree.ts';
import { type Btf, readKernelBtf } from '../../../kernel/btf/check.ts';
import { type Elf, findSection, rawSectionBytes } from '../../../kernel/elf/elf.ts';
import { readKernelExports } from '../../../kernel/image/exports.ts';
import { readSymvers } from '../../../kernel/image/symvers.ts';
import { readSystemMapExports } from '../../../kernel/image/system-map.ts';
import type { KernelExport } from '../../../kernel/module/exports.ts';
import { magicHasModversions } from '../../../kernel/module/vermagic.ts';
import { findCertificates } from '../../../kernel/signature/certificate.ts';
import { type KernelConfig, readKernelConfig } from '../../../kernel/version/config.ts';
import { type LoaderRules, loaderRules } from '../../../kernel/version/loader.ts';
import { LockstepError } from '../../../system/error.ts';
import { builtinsOfImage, builtinsOfLists } from '../kernel/builtins.ts';
import { type KernelFiles, moduleName, ownModules } from '../kernel/files.ts';
import type { Kernel, Reader } from '../kernel/kernel.ts';
import { type FoundImage, readImage } from './image.ts';
import { type Sample, sampleModule } from './sample-module.ts';

export interface DescribeOptions {
  /** Content of a `Module.symvers`, compressed or not, to be taken instead of what is found. */
  symvers?: Uint8Array;
  /** Content of a kernel configuration. */
  config?: string;
  /** Modules without a good signature are refused (`module.sig_enforce`, lockdown). */
  enforceSignatures?: boolean;
}

const TEXT_LIMIT = 64 << 20;

/** What the configuration and one of its own modules tell of a kernel; quickly read. */
export interface KernelBasics {
  config: KernelConfig | undefined;
  sample: Sample | undefined;
  /** Enough to read modules as this kernel would, but for the keys that it trusts. */
  reader: Reader;
}

/** What was begun before a kernel is described, so that it goes on beside other work. */
export interface Begun {
  basics?: KernelBasics;
  image?: Promise<FoundImage | undefined>;
}

/** The first half of `describeKernel`. */
export async function readBasics(
  tree: FileTree,
  files: KernelFiles,
  options: DescribeOptions = {},
): Promise<KernelBasics> {
  const config = await readConfig(tree, files, options);
  const sample = await sampleModule(tree, files);
  const modversions = sample?.vermagic != null && magicHasModversions(sample.vermagic);
  const rules = loaderRules(files.release, config, { modversions });
  const loader = options.enforceSignatures ? { ...rules, enforcesSignatures: true } : rules;
  const reader: Reader = {
    loader,
    architecture: sample?.architecture ?? {
      machine: 62,
      layout: { bits: 64, endian: 'little' },
    },
    ownSigners: sample?.signers ?? [],
    compression: sample?.compression,
    certificates: [],
    knowsCertificates: false,
    btf: undefined,
  };
  return { config, sample, reader };
}

/**
 * Describes a kernel by its files: configuration, one of its own modules, what it exports
 * (`Module.symvers`, else the kernel image), the keys built into its image.
 */
export async function describeKernel(
  tree: FileTree,
  files: KernelFiles,
  options: DescribeOptions = {},
  begun: Begun = {},
): Promise<Kernel> {
  const [found, { config, sample, reader }] = await Promise.all([
    readImage(tree, files, begun.image),
    begun.basics ?? readBasics(tree, files, options),
  ]);
  const image = found?.vmlinux;
  const symvers = await findSymvers(tree, files, options);
  const own = image && readKernelExports(image, { relativeCrcs: isSet(config, 'MODULE_REL_CRCS') });
  const exports = symvers ?? own ?? (await readSystemMap(tree, files));
  const kernel = {
    ...reader,
    ...(image && !sample ? { architecture: { machine: image.machine, layout: image.layout } } : {}),
    release: files.release,
    vermagic: sample?.vermagic ?? (image && vermagicOf(image.bytes, files.release)),
    moduleSize: sample?.moduleSize,
    symbols: new Map(exports.map((exported) => [exported.name, exported])),
    knowsSymbols: exports.some(({ owner }) => owner === 'vmlinux'),
    knowsVersions: exports.some(({ crc }) => crc != null),
    certificates: image ? findCertificates(image.bytes) : [],
    knowsCertificates: image != null,
    btf: image && reader.loader.judgesBtf ? btfOf(image, reader.loader) : undefined,
    modules: new Map(ownModules(files).map(({ path }) => [moduleName(path), path])),
    builtins: image ? builtinsOfImage(image) : await builtinsOfLists(tree, files),
    retpoline: isSet(config, 'MITIGATION_RETPOLINE') || isSet(config, 'RETPOLINE'),
    ibt: isSet(config, 'X86_KERNEL_IBT') && sample?.ibt === true,
  };
  found?.release();
  return kernel;
}

function isSet(config: KernelConfig | undefined, option: string): boolean {
  return config?.get(`CONFIG_${option}`) === 'y';
}

async function readConfig(
  tree: FileTree,
  files: KernelFiles,
  options: DescribeOptions,
): Promise<KernelConfig | undefined> {
  if (options.config != null) return readKernelConfig(options.config);
  const { folder, release } = files;
  const found = await firstThere(tree, [
    `${folder}/config`,
    `boot/config-${release}`,
    `usr/lib/ostree-boot/config-${release}`,
    `${folder}/build/.config`,
  ]);
  return found && readKernelConfig(textOf(found));
}

async function findSymvers(
  tree: FileTree,
  files: KernelFiles,
  options: DescribeOptions,
): Promise<KernelExport[] | undefined> {
  if (options.symvers) return readSymvers(textOf(options.symvers));
  const { folder, release } = files;
  const endings = ['', '.xz', '.zst', '.gz'];
  const found = await firstThere(tree, [
    ...endings.map((ending) => `${folder}/symvers${ending}`),
    ...endings.map((ending) => `boot/symvers-${release}${ending}`),
    `${folder}/build/Module.symvers`,
    `usr/src/kernels/${release}/Module.symvers`,
    `usr/src/linux-headers-${release}/Module.symvers`,
  ]);
  return found && readSymvers(textOf(found));
}

/** The last resort, which tells names but neither versions nor namespaces. */
async function readSystemMap(tree: FileTree, files: KernelFiles): Promise<KernelExport[]> {
  const { folder, release } = files;
  const found = await firstThere(tree, [`${folder}/System.map`, `boot/System.map-${release}`]);
  return found ? readSystemMapExports(textOf(found)) : [];
}

/** The type information in the image, which loads it with its own data; a copy, which outlives it. */
function btfOf(image: Elf, { btf }: LoaderRules): Btf | undefined {
  const section = findSection(image, '.BTF');
  if (!section) return undefined;
  try {
    const little = image.layout.endian === 'little';
    return readKernelBtf(Buffer.from(rawSectionBytes(image, section)), btf, little);
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
}

/** The text of `VERMAGIC_STRING` in the image itself, for a kernel without modules of its own. */
function vermagicOf(image: Buffer, release: string): string | undefined {
  const at = image.indexOf(`\0${release} SMP `);
  return at < 0 ? undefined : image.toString('latin1', at + 1, image.indexOf(0, at + 1));
}

function textOf(content: Uint8Array): string {
  return Buffer.from(decompressBytes(content, TEXT_LIMIT)).toString('latin1');
}
