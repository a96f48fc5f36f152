import { memberOf } from '../mutants/variation.ts';
import type { Case, Subject } from './case.ts';
import { type KeyName, MARK, signAll } from './sign.ts';

/** `struct module_signature`: eight single bytes, then the length of the signature, big-endian. */
const STRUCT_SIZE = 12;

/** What is done to a signed module. */
interface Change {
  name: string;
  change: (signed: Buffer) => Buffer;
}

const CHANGES: readonly Change[] = [
  { name: 'as it is', change: (signed) => signed },
  { name: 'content changed', change: (signed) => flipped(signed, 700) },
  { name: 'signature changed', change: (signed) => flipped(signed, tail(signed) - 20) },
  {
    name: 'beginning of the signature changed',
    change: (signed) => flipped(signed, start(signed)),
  },
  { name: 'a byte after it', change: (signed) => Buffer.concat([signed, Buffer.from('x')]) },
  { name: 'mark without its newline', change: (signed) => signed.subarray(0, -1) },
  {
    name: 'mark alone',
    change: (signed) => Buffer.concat([signed.subarray(0, start(signed)), MARK]),
  },
  { name: 'of another kind', change: (signed) => put(signed, 2, 1) },
  { name: 'algorithm named', change: (signed) => put(signed, 0, 1) },
  { name: 'hash named', change: (signed) => put(signed, 1, 4) },
  { name: 'length of the signer named', change: (signed) => put(signed, 3, 1) },
  { name: 'length of the key named', change: (signed) => put(signed, 4, 1) },
  { name: 'padding not zero', change: (signed) => put(signed, 6, 1) },
  { name: 'length zero', change: (signed) => withLength(signed, 0) },
  { name: 'length one less', change: (signed) => withLength(signed, lengthOf(signed) - 1) },
  { name: 'length one more', change: (signed) => withLength(signed, lengthOf(signed) + 1) },
  { name: 'length of everything', change: (signed) => withLength(signed, signed.length) },
  { name: 'length beyond all', change: (signed) => withLength(signed, 0xffffffff) },
  { name: 'cut in the signature', change: (signed) => signed.subarray(0, tail(signed) - 50) },
];

/** Signatures of the right key, where the subject has one, and of a key that nobody knows. */
export async function signatureCases(subject: Subject): Promise<Case[]> {
  const plain = memberOf(subject.family, 'plain');
  const keys: KeyName[] = subject.kernel.signer ? ['own', 'other'] : ['other'];
  const unsigned = [one('none', plain), one('mark and nothing else', Buffer.concat([plain, MARK]))];
  const signed = await Promise.all(keys.map((key) => signedCases(subject, key)));
  return [...unsigned, ...signed.flat()];
}

async function signedCases(subject: Subject, key: KeyName): Promise<Case[]> {
  const plain = memberOf(subject.family, 'plain');
  const [sha256 = plain] = await signAll(subject.kernel, [plain], { key, hash: 'sha256' });
  const [sha512 = plain] = await signAll(subject.kernel, [plain], { key, hash: 'sha512' });
  const [twice = plain] = await signAll(subject.kernel, [sha256], { key, hash: 'sha256' });
  const [other = plain] = await signAll(subject.kernel, [sha256], { key: 'other', hash: 'sha256' });
  const named = key === 'own' ? "the kernel's key" : 'an unknown key';
  return [
    ...CHANGES.map(({ name, change }) => one(`${named}, ${name}`, change(sha256))),
    one(`${named}, sha512`, sha512),
    one(`${named}, twice`, twice),
    one(`${named}, then an unknown one`, other),
  ];
}

function one(name: string, module: Buffer): Case {
  return {
    heading: 'signature',
    name: `plain: ${name}`,
    file: 'plain.ko',
    module,
    before: [],
    how: 'direct',
    sealed: true,
  };
}

/** Where the trailer's fixed part begins. */
function tail(signed: Buffer): number {
  return signed.length - MARK.length - STRUCT_SIZE;
}

function lengthOf(signed: Buffer): number {
  return signed.readUInt32BE(tail(signed) + 8);
}

/** Where the signature begins, which is where the module ends. */
function start(signed: Buffer): number {
  return tail(signed) - lengthOf(signed);
}

function withLength(signed: Buffer, length: number): Buffer {
  const copy = Buffer.from(signed);
  copy.writeUInt32BE(length, tail(signed) + 8);
  return copy;
}

function put(signed: Buffer, field: number, value: number): Buffer {
  const copy = Buffer.from(signed);
  copy.writeUInt8(value, tail(signed) + field);
  return copy;
}

function flipped(signed: Buffer, at: number): Buffer {
  const copy = Buffer.from(signed);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
