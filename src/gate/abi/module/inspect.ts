import { decompressBytes } from '../../../file/compression/compression.ts';
import { checkElf, type ElfProblem } from '../../../kernel/elf/check.ts';
import { checkRelocations } from '../../../kernel/elf/check-relocations.ts';
import { type Elf, readElf } from '../../../kernel/elf/elf.ts';
import { hasIbtMark } from '../../../kernel/elf/gnu-property.ts';
import { type KernelModule, readModule } from '../../../kernel/module/module.ts';
import {
  type Certificate,
  isSignerOf,
  verifySignature,
} from '../../../kernel/signature/certificate.ts';
import { readPkcs7, type Signer } from '../../../kernel/signature/pkcs7.ts';
import { readSignatureTrailer } from '../../../kernel/signature/signature.ts';
import { LockstepError } from '../../../system/error.ts';
import type { ModuleInput, Reader } from '../kernel/kernel.ts';
import { checkBtf } from './btf-rule.ts';
import { checkCompression } from './compression-rule.ts';
import { type ModuleFinding, refused, unsafe } from './rule.ts';
import { MODULE_LIMIT } from './unpack.ts';

/** What came out of reading one file. Plain data that holds on to nothing of the file. */
export interface InspectedModule {
  file: string;
  /** What is wrong with the file itself. */
  findings: ModuleFinding[];
  /** Undefined when the file cannot be read as a module at all. */
  module: KernelModule | undefined;
  signature: SignatureState;
  /** What there is to say of its type information, where the kernel judges it. */
  btf: ModuleFinding | undefined;
  ibt: boolean;
  /** OpenZFS was built for a kernel that it does not support. */
  experimental: boolean;
}

/**
 * What Linux will say of a signature (kernel/module/signing.c); `unchecked` when it is by a signer
 * of the kernel's own modules whose key is not at hand.
 */
export interface SignatureState {
  state:
    | 'absent'
    | 'other-type'
    | 'broken'
    | 'unsupported'
    | 'unknown-key'
    | 'unchecked'
    | 'bad'
    | 'good';
  /** Why, where there is more to say. */
  reason?: string;
  signers: string[];
  digest?: string;
}

export interface InspectOptions {
  /** Trusted beside the keys built into the kernel. */
  certificates?: readonly Certificate[];
  /**
   * Of modules that came with the kernel: tells signatures by their signer alone, without the cost
   * of verifying them, and takes their type information to be that of the kernel.
   */
  quick?: boolean;
}

const EXPERIMENTAL = 'is EXPERIMENTAL and SERIOUS DATA LOSS may occur';

/** Reads a module file, compressed or not, as a kernel would. Never throws for what the file holds. */
export function inspectModule(
  input: ModuleInput,
  kernel: Reader,
  options: InspectOptions = {},
): InspectedModule {
  const { file } = input;
  let bytes: Uint8Array;
  try {
    bytes = input.unpacked ?? decompressBytes(input.content, MODULE_LIMIT);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { ...empty(file), findings: [refused('compression', error.message)] };
  }
  const inspected = inspectBytes(file, bytes, kernel, options);
  inspected.findings.push(...checkCompression(input, kernel));
  return inspected;
}

/** The signature first, as Linux does: what is wrong with the ELF file does not hide it. */
function inspectBytes(
  file: string,
  bytes: Uint8Array,
  kernel: Reader,
  options: InspectOptions,
): InspectedModule {
  const trailer = trailerOf(bytes, kernel);
  const signature = signatureState(trailer, kernel, options);
  let elf: Elf;
  try {
    elf = readElf(trailer.content, kernel.architecture.layout);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { ...empty(file), signature, findings: [refused('elf', error.message)] };
  }
  const { readsExportFlags: flags, checksModuleSize: anyModinfo } = kernel.loader;
  const module = readModule(elf, { flags, anyModinfo });
  return {
    file,
    findings: [
      ...findingsOf('elf', checkElf(elf, kernel.architecture, kernel.loader)),
      ...findingsOf('relocation', checkRelocations(elf)),
    ],
    module,
    signature,
    btf: options.quick ? undefined : checkBtf(elf, module.name, kernel),
    ibt: hasIbtMark(elf),
    experimental: /^(zfs|spl)$/.test(module.name) && elf.bytes.includes(EXPERIMENTAL),
  };
}

/** A kernel that knows no signatures takes the trailer for the end of the ELF file. */
function trailerOf(bytes: Uint8Array, kernel: Reader): ReturnType<typeof readSignatureTrailer> {
  if (kernel.loader.signatures) return readSignatureTrailer(bytes);
  return {
    state: 'absent',
    content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
}

function findingsOf(rule: 'elf' | 'relocation', problems: readonly ElfProblem[]): ModuleFinding[] {
  return problems.map(({ fatal, message }) =>
    fatal ? refused(rule, message) : unsafe(rule, message),
  );
}

function signatureState(
  trailer: ReturnType<typeof readSignatureTrailer>,
  kernel: Reader,
  options: InspectOptions,
): SignatureState {
  if (trailer.state !== 'present') return { state: trailer.state, signers: [] };
  let signers: Signer[];
  try {
    signers = readPkcs7(trailer.message);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { state: 'broken', reason: error.message, signers: [] };
  }
  const facts = { signers: signers.map(identityOf), digest: signers[0]?.digest };
  if (signers.some(({ hasAttributes }) => hasAttributes)) {
    return { ...facts, state: 'bad', reason: 'Invalid module sig (has authattrs)' };
  }
  const { missingDigests } = kernel.loader;
  if (signers.every(({ digest }) => digest == null || missingDigests.includes(digest))) {
    return { ...facts, state: 'unsupported' };
  }
  if (options.quick)
    return { ...facts, state: known(facts.signers, kernel) ? 'good' : 'unknown-key' };
  const trusted = [...kernel.certificates, ...(options.certificates ?? [])];
  return { ...facts, state: verdictOn(signers, trusted, trailer.content, kernel) };
}

function verdictOn(
  signers: Signer[],
  trusted: readonly Certificate[],
  content: Uint8Array,
  kernel: Reader,
): SignatureState['state'] {
  for (const signer of signers) {
    const certificate = trusted.find((candidate) => isSignerOf(candidate, signer));
    if (certificate) return verifySignature(certificate, signer, content) ? 'good' : 'bad';
  }
  const own = signers.some((signer) => known([identityOf(signer)], kernel));
  return own && !kernel.knowsCertificates ? 'unchecked' : 'unknown-key';
}

function known(signers: string[], kernel: Reader): boolean {
  return signers.some((signer) => kernel.ownSigners.includes(signer));
}

/** One text for a signer, to compare signers by. */
export function identityOf(signer: Pick<Signer, 'issuer' | 'serial' | 'keyId'>): string {
  return signer.keyId ?? `${signer.issuer}:${signer.serial}`;
}

function empty(file: string): InspectedModule {
  const signature: SignatureState = { state: 'absent', signers: [] };
  const nothing = { findings: [], module: undefined, btf: undefined };
  return { file, ...nothing, signature, ibt: false, experimental: false };
}
