import { LockstepError } from '../../system/error.ts';
import { asBuffer, cString } from '../elf/c-string.ts';
import { unifiedSection } from './unified.ts';

/** Undoes one compression; given by the caller, which knows the formats. The size is a guess. */
export type Decompressor = (bytes: Uint8Array, expected?: number) => Uint8Array;

const ELF = Buffer.from('\x7fELF', 'latin1');
/** gzip, xz, zstd as the kernel's build writes them. */
const PAYLOADS = ['1f8b08', 'fd377a585a00', '28b52ffd'].map((hex) => Buffer.from(hex, 'hex'));

/**
 * The ELF file inside a kernel image: the payload of a bzImage (Documentation/arch/x86/boot.rst,
 * `payload_offset`), of an EFI zboot image or of a compressed `Image`; a `vmlinux` is returned as
 * it is, and of a unified kernel image the `.linux` section is read. Throws `unsupported` when there is none, as in a flat `Image`.
 */
export function readKernelImage(image: Uint8Array, decompress: Decompressor): Buffer {
  const bytes = bareImage(image);
  const payload = payloadOf(bytes);
  return vmlinuxIn(payload ? decompress(payload.packed, payload.size) : bytes);
}

/** The same with a decompressor that works beside other work. */
export async function unpackKernelImage(
  image: Uint8Array,
  decompress: (...args: Parameters<Decompressor>) => Promise<Uint8Array>,
): Promise<Buffer> {
  const bytes = bareImage(image);
  const payload = payloadOf(bytes);
  return vmlinuxIn(payload ? await decompress(payload.packed, payload.size) : bytes);
}

function bareImage(image: Uint8Array): Buffer {
  return unifiedSection(image, '.linux') ?? asBuffer(image);
}

function vmlinuxIn(content: Uint8Array): Buffer {
  const bytes = asBuffer(content);
  if (startsWith(bytes, ELF)) return bytes;
  throw new LockstepError('unsupported', 'no vmlinux was found in the kernel image', {
    hint: 'give the exported symbols with --symvers',
  });
}

/** The banner of a bzImage: release, builder and date, as `file` shows it; undefined elsewhere. */
export function versionOfImage(image: Uint8Array): string | undefined {
  const bytes = asBuffer(image);
  if (!isBzImage(bytes)) return undefined;
  const offset = bytes.readUInt16LE(0x20e) + 0x200;
  return offset > 0x200 && offset < bytes.length ? cString(bytes, offset) : undefined;
}

interface Payload {
  packed: Buffer;
  /** Size when unpacked, as far as the image tells. */
  size?: number;
}

function payloadOf(bytes: Buffer): Payload | undefined {
  if (isBzImage(bytes)) {
    const start = ((bytes[0x1f1] || 4) + 1) * 512 + bytes.readUInt32LE(0x248);
    return trimmed(bytes.subarray(start, start + bytes.readUInt32LE(0x24c)));
  }
  if (bytes.toString('latin1', 4, 8) === 'zimg' && bytes.length > 16) {
    const start = bytes.readUInt32LE(8);
    return trimmed(bytes.subarray(start, start + bytes.readUInt32LE(12)));
  }
  return PAYLOADS.some((magic) => startsWith(bytes, magic)) ? { packed: bytes } : undefined;
}

/** The build appends the unpacked size, four bytes that belong to no compressed format but gzip. */
function trimmed(payload: Buffer): Payload {
  if (payload.length < 4) return { packed: payload };
  const size = payload.readUInt32LE(payload.length - 4);
  const packed = startsWith(payload, PAYLOADS[0] ?? ELF) ? payload : payload.subarray(0, -4);
  return { packed, size };
}

function isBzImage(bytes: Buffer): boolean {
  return bytes.length > 0x250 && bytes.toString('latin1', 0x202, 0x206) === 'HdrS';
}

function startsWith(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}
