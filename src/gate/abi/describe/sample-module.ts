import { decompressBytes } from '../../../file/compression/compression.ts';
import type { FileTree } from '../../../file/tree.ts';
import { readElf } from '../../../kernel/elf/elf.ts';
import { hasIbtMark } from '../../../kernel/elf/gnu-property.ts';
import { modinfoValue, readModule } from '../../../kernel/module/module.ts';
import { readPkcs7 } from '../../../kernel/signature/pkcs7.ts';
import { readSignatureTrailer } from '../../../kernel/signature/signature.ts';
import { LockstepError } from '../../../system/error.ts';
import type { KernelFiles } from '../kernel/files.ts';
import type { Kernel, ModuleEnding } from '../kernel/kernel.ts';
import { endingOf } from '../module/compression-rule.ts';
import { identityOf } from '../module/inspect.ts';
import { MODULE_LIMIT } from '../module/unpack.ts';

/** What one of the kernel's own modules tells of the kernel. */
export interface Sample {
  vermagic: string | undefined;
  moduleSize: number | undefined;
  architecture: Kernel['architecture'];
  signers: string[];
  ibt: boolean;
  compression: ModuleEnding;
}

const TRIED = 3;
/** Of so many the smallest are taken: of files on this machine each size is asked for by itself. */
const AMONG = 64;

/**
 * Reads up to three of the kernel's own modules, small ones, and returns what two of them
 * agree on (the first where there is no second).
 */
export async function sampleModule(
  tree: FileTree,
  files: KernelFiles,
): Promise<Sample | undefined> {
  const own = files.modules
    .filter(({ path, type }) => type === 'file' && path.startsWith(`${files.folder}/kernel/`))
    .slice(0, AMONG)
    .map(({ path, size }) => ({ path, size }))
    .sort((a, b) => a.size - b.size);
  const samples: Sample[] = [];
  for (const { path } of own.slice(0, TRIED)) {
    const sample = readSample(path, await tree.read(path), files.release);
    if (sample) samples.push(sample);
  }
  const agreed = samples.find((sample) =>
    samples.some((other) => other !== sample && isSame(sample, other)),
  );
  return agreed ?? samples[0];
}

function readSample(path: string, content: Uint8Array, release: string): Sample | undefined {
  try {
    const trailer = readSignatureTrailer(decompressBytes(content, MODULE_LIMIT));
    const elf = readElf(trailer.content);
    const module = readModule(elf);
    const vermagic = modinfoValue(module, 'vermagic');
    if (!vermagic?.startsWith(`${release} `)) return undefined;
    return {
      vermagic,
      moduleSize: module.thisModule?.size,
      architecture: { machine: elf.machine, layout: elf.layout },
      signers: trailer.state === 'present' ? readPkcs7(trailer.message).map(identityOf) : [],
      ibt: hasIbtMark(elf),
      compression: endingOf(path),
    };
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
}

function isSame(a: Sample, b: Sample): boolean {
  return a.vermagic === b.vermagic && a.moduleSize === b.moduleSize;
}
