import { asBuffer } from '../elf/c-string.ts';
import type { BtfRules } from '../version/loader.ts';
import { type Btf, countTypes, notUnderstood } from './format.ts';

const MAGIC = 0xeb9f;
/** `BTF_MAX_NAME_OFFSET` (include/uapi/linux/btf.h). */
export const MOST_NAMES = 0xff_ffff;
/** `struct btf_header`, since Linux 7.1 with offset and length of a third part. */
const HEADER = 24;
const WIDE_HEADER = 32;

export interface ParseOptions {
  rules: BtfRules;
  little: boolean;
  /** That of the kernel, for a module. */
  base?: Btf;
}

/**
 * Header and parts, without the types (`btf_parse_hdr`, `btf_check_sec_info`, `btf_parse_str_sec`
 * of kernel/bpf/btf.c). Throws `invalid-content` where Linux refuses it.
 */
export function parseBtf(content: Uint8Array, { rules, little, base }: ParseOptions): Btf {
  const bytes = asBuffer(content);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw notUnderstood('hdr_len not found');
  const length = view.getUint32(4, little);
  if (length > bytes.length) throw notUnderstood('btf_header not found');
  const most = rules.widened ? WIDE_HEADER : HEADER;
  if (bytes.subarray(most, length).some(Boolean)) throw notUnderstood('Unsupported btf_header');
  const header = Buffer.alloc(WIDE_HEADER);
  bytes.copy(header, 0, 0, Math.min(length, most));
  const words = new DataView(header.buffer, header.byteOffset, WIDE_HEADER);
  if (words.getUint16(0, little) !== MAGIC) throw notUnderstood('Invalid magic');
  if (header[2] !== 1) throw notUnderstood('Unsupported version');
  if (header[3] !== 0) throw notUnderstood('Unsupported flags');
  if (!base && bytes.length === length) throw notUnderstood('No data');
  const part = (at: number): Part => ({
    offset: words.getUint32(at, little),
    length: words.getUint32(at + 4, little),
  });
  const [types, strings, layout] = [part(8), part(16), part(24)];
  const hasLayout = rules.widened && length >= WIDE_HEADER && layout.length > 0;
  checkParts(hasLayout ? [types, strings, layout] : [types, strings], bytes.length - length);
  const isLast = length + strings.offset + strings.length === bytes.length;
  if (!isLast && !(rules.widened && length >= WIDE_HEADER))
    throw notUnderstood('String section is not at the end');
  const text = bytes.subarray(length + strings.offset, length + strings.offset + strings.length);
  if (!areStrings(text, base != null)) throw notUnderstood('Invalid string section');
  return {
    bytes,
    view,
    little,
    rules,
    types: base ? [] : [-1],
    firstType: base ? countTypes(base) : 0,
    firstString: base ? base.firstString + base.strings.length : 0,
    typesAt: length + types.offset,
    typesEnd: length + types.offset + types.length,
    strings: text,
    base,
  };
}

interface Part {
  offset: number;
  length: number;
}

/** Neither gaps nor overlaps, nor anything behind the last part. */
function checkParts(parts: readonly Part[], size: number): void {
  let total = 0;
  const ordered = [...parts].sort((a, b) => a.offset - b.offset || a.length - b.length);
  for (const { offset, length } of ordered) {
    if (offset > size) throw notUnderstood('Invalid section offset');
    if (total < offset) throw notUnderstood('Unsupported section found');
    if (total > offset) throw notUnderstood('Section overlap found');
    if (size - total < length) throw notUnderstood('Total section length too long');
    total += length;
  }
  if (total !== size) throw notUnderstood('Unsupported section found');
}

function areStrings(text: Buffer, isModule: boolean): boolean {
  if (text.length === 0) return isModule;
  const isWhole = text.length - 1 <= MOST_NAMES && text.at(-1) === 0;
  return isWhole && (isModule || text[0] === 0);
}
