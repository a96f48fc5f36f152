import { createHash } from 'node:crypto';
import {
  numbersEntry,
  RPM_REGION,
  RPM_TYPE,
  type RpmEntry,
  readRpmEntries,
  textEntry,
  textsEntry,
  writeRpmHeader,
} from './rpm-entries.ts';
import { RPM_TAG } from './rpm-header.ts';
import { readRpmParts } from './rpm-parts.ts';

/** What is to be another in a package. */
export interface RpmChange {
  /** A further requirement, `NAME = VERSION`. */
  requires?: { name: string; version: string };
  /** Makes another of each script that runs when it is installed or removed. */
  script?: (text: string) => string;
}

const SENSE_EQUAL = 8;

/** Scripts that run in a host (rpm: include/rpm/rpmtag.h). */
const SCRIPTS: readonly number[] = [
  RPM_TAG.preInstall,
  RPM_TAG.postInstall,
  RPM_TAG.preUninstall,
  RPM_TAG.postUninstall,
  RPM_TAG.postTransaction,
];

/** Entries of the header before the header (rpm: include/rpm/rpmtag.h, rpmSigTag). */
const SIGNED = {
  sha1: 269,
  longSize: 270,
  sha256: 273,
  size: 1000,
  md5: 1004,
} as const;

/** Signatures of header, or of header and payload: DSA, RSA, PGP, GPG, PGP 5, OpenPGP. */
const SIGNATURES: readonly number[] = [267, 268, 278, 1002, 1005, 1006];

/** Sizes and digests of the archive in the payload; signatures of the files in it (IMA, fs-verity). */
const OF_CONTENT: readonly number[] = [271, 274, 275, 276, 277, 1007];

/** Whether somebody signed it, which is not to say who, nor whether it is right. */
export function isSignedRpm(bytes: Uint8Array): boolean {
  const { signature } = readRpmParts(bytes);
  return readRpmEntries(signature).some(({ tag }) => SIGNATURES.includes(tag));
}

/**
 * The package with changes in its header. Its payload is the same, byte for byte; sizes and
 * digests are those of the new header, and signatures are dropped, as they were of the old one.
 * Throws `invalid-content` for what is no package.
 */
export function rewriteRpm(bytes: Uint8Array, change: RpmChange): Buffer {
  const { lead, signature, header, payload } = readRpmParts(bytes);
  const changed = writeRpmHeader(RPM_REGION.header, changedEntries(readRpmEntries(header), change));
  const proof = writeRpmHeader(
    RPM_REGION.signature,
    proofOf(readRpmEntries(signature), changed, payload),
  );
  return Buffer.concat([lead, proof, Buffer.alloc(-proof.length & 7), changed, payload]);
}

function changedEntries(entries: readonly RpmEntry[], { requires, script }: RpmChange): RpmEntry[] {
  const told = script ? entries.map((entry) => withScript(entry, script)) : [...entries];
  if (!requires) return told;
  const more = [
    textsEntry(RPM_TAG.requireNames, [requires.name]),
    numbersEntry(RPM_TAG.requireFlags, [SENSE_EQUAL]),
    textsEntry(RPM_TAG.requireVersions, [requires.version]),
  ];
  return more.reduce(appended, told);
}

function withScript(entry: RpmEntry, script: (text: string) => string): RpmEntry {
  if (!SCRIPTS.includes(entry.tag) || entry.type !== RPM_TYPE.text) return entry;
  // Whatever its encoding is, what is not changed stays as it is.
  const text = Buffer.from(entry.bytes.subarray(0, -1)).toString('latin1');
  return { ...entry, bytes: Buffer.from(`${script(text)}\0`, 'latin1') };
}

function appended(entries: readonly RpmEntry[], more: RpmEntry): RpmEntry[] {
  const there = entries.find(({ tag }) => tag === more.tag);
  if (!there) return [...entries, more];
  const bytes = Buffer.concat([there.bytes, more.bytes]);
  const longer = { ...there, count: there.count + more.count, bytes };
  return entries.map((entry) => (entry === there ? longer : entry));
}

/** What rpm checks before it believes a header: every size and digest that was there, and SHA256. */
function proofOf(entries: readonly RpmEntry[], header: Buffer, payload: Uint8Array): RpmEntry[] {
  const size = header.length + payload.length;
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(size));
  const md5 = createHash('md5').update(header).update(payload).digest();
  const fresh = [
    textEntry(SIGNED.sha1, createHash('sha1').update(header).digest('hex')),
    { tag: SIGNED.longSize, type: 5, count: 1, bytes: long },
    numbersEntry(SIGNED.size, [size]),
    { tag: SIGNED.md5, type: RPM_TYPE.bytes, count: md5.length, bytes: md5 },
  ];
  const had = new Set(entries.map(({ tag }) => tag));
  return [
    ...entries.filter(({ tag }) => OF_CONTENT.includes(tag)),
    ...fresh.filter(({ tag }) => had.has(tag)),
    textEntry(SIGNED.sha256, createHash('sha256').update(header).digest('hex')),
  ];
}
