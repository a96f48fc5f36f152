import type { ScalarTree } from '../../file/yaml/tree.ts';
import { bytesOfBase64 } from './base64.ts';

/** What a plain scalar means; `text` when it means itself. */
export type Meaning =
  | { kind: 'null' }
  | { kind: 'bool'; value: boolean }
  | { kind: 'int'; value: bigint }
  | { kind: 'float'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'wrong'; message: string };

const CORE = 'tag:yaml.org,2002:';
const WORDS: Record<string, Meaning> = {};
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS[word] = { kind: 'null' };
for (const word of ['true', 'True', 'TRUE']) WORDS[word] = { kind: 'bool', value: true };
for (const word of ['false', 'False', 'FALSE']) WORDS[word] = { kind: 'bool', value: false };
for (const word of ['.nan', '.NaN', '.NAN']) WORDS[word] = { kind: 'float', value: Number.NaN };
for (const inf of ['.inf', '.Inf', '.INF']) {
  WORDS[inf] = WORDS[`+${inf}`] = { kind: 'float', value: Infinity };
  WORDS[`-${inf}`] = { kind: 'float', value: -Infinity };
}

const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const INTEGER = /^([-+]?)(?:(0[xX][\da-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;

/**
 * What a scalar means to go-yaml 3, which Butane reads with: YAML 1.2, and of 1.1 the octals
 * (`0644`), underscores in numbers and words for booleans where a boolean stands.
 */
export function meaningOf(scalar: ScalarTree): Meaning {
  const { text, tag } = scalar;
  if (tag === `${CORE}str` || (!scalar.plain && (tag == null || tag === '!')))
    return { kind: 'text', value: text };
  if (tag === `${CORE}binary`) return binary(text);
  const found = plainMeaning(text);
  if (tag == null || tag === '!') return found;
  const wanted = tag.startsWith(CORE) ? tag.slice(CORE.length) : undefined;
  if (wanted === found.kind) return found;
  if (wanted === 'float' && found.kind === 'int')
    return { kind: 'float', value: Number(found.value) };
  if (wanted === 'timestamp' && found.kind === 'text') return found;
  return { kind: 'wrong', message: `is not a ${tag.replace(CORE, '!!')}` };
}

function plainMeaning(text: string): Meaning {
  const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (word) return word;
  if (/^[-+.\d]/.test(text)) {
    const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
    const value = integer(plain);
    if (value != null) return { kind: 'int', value };
    if (FLOAT.test(plain)) return { kind: 'float', value: Number(plain) };
  }
  return { kind: 'text', value: text };
}

function integer(text: string): bigint | undefined {
  const [, sign, hex, bits, octal, decimal] = INTEGER.exec(text) ?? [];
  const digits = hex ?? bits ?? (octal == null ? decimal : `0o${octal}`);
  if (digits == null) return undefined;
  const value = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return value >= -(2n ** 63n) && value < 2n ** 64n ? value : undefined;
}

function binary(text: string): Meaning {
  const bare = text.replaceAll(/[\r\n]/g, '');
  const bytes = bytesOfBase64(bare);
  return bytes
    ? { kind: 'text', value: textOfBytes(bytes) }
    : { kind: 'wrong', message: '!!binary holds what is not base64' };
}

/**
 * Bytes as text without loss: a byte that is no UTF-8 becomes the lone surrogate U+DC00 + byte, so
 * that {@link bytesOfText} finds it again.
 */
export function textOfBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\uFFFD')) return text;
  let result = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    result +=
      length > 0
        ? bytes.toString('utf8', at, at + length)
        : String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += Math.max(length, 1);
  }
  return result;
}

/** Length of the valid UTF-8 sequence at a place; 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0) return 0;
  const part = bytes.subarray(at, at + length);
  return part.toString('utf8').length <= 2 && Buffer.from(part.toString('utf8')).equals(part)
    ? length
    : 0;
}

/** The bytes that {@link textOfBytes} was given. */
export function bytesOfText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts = text.split(/([\uDC80-\uDCFF](?<![\uD800-\uDBFF].))/u);
  return Buffer.concat(
    parts.map((part) => {
      const code = part.charCodeAt(0);
      return part.length === 1 && code >= 0xdc80 && code <= 0xdcff
        ? Buffer.from([code - 0xdc00])
        : Buffer.from(part, 'utf8');
    }),
  );
}
