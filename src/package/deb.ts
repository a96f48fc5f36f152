import { text } from 'node:stream/consumers';
import { decompress } from '../file/compression/compression.ts';
import { readTar } from '../file/tar/tar.ts';
import { LockstepError } from '../system/error.ts';
import { linesOf, parseControl, type Stanza } from './control.ts';
import type { PackagedFile, PackageFacts, Requirement } from './package-facts.ts';

const AR_MAGIC = '!<arch>\n';
const HEADER_SIZE = 60;
const TEXT_LIMIT = 16 << 20;

/** One member of an ar archive (deb(5)). */
export interface ArMember {
  name: string;
  content: Uint8Array;
}

/** Splits an ar archive; throws `invalid-content` when it is damaged. */
export function readAr(bytes: Uint8Array): ArMember[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString('latin1', 0, 8) !== AR_MAGIC) throw broken('not an ar archive');
  const members: ArMember[] = [];
  for (let at = 8; at + HEADER_SIZE <= buffer.length; ) {
    const name = buffer
      .toString('latin1', at, at + 16)
      .trimEnd()
      .replace(/\/$/, '');
    const size = Number(buffer.toString('latin1', at + 48, at + 58).trim() || 'x');
    const start = at + HEADER_SIZE;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > buffer.length) {
      throw broken('a member leads out of the archive');
    }
    members.push({ name, content: buffer.subarray(start, start + size) });
    at = start + size + (size % 2);
  }
  return members;
}

/** Reads a Debian package (deb(5)): control data, scripts, files. Throws `invalid-content`. */
export async function readDeb(bytes: Uint8Array): Promise<PackageFacts> {
  const members = readAr(bytes);
  const control = members.find(({ name }) => name.startsWith('control.tar'));
  const data = members.find(({ name }) => name.startsWith('data.tar'));
  if (!control || !data) throw broken('no control.tar or data.tar');
  const texts = new Map<string, string>();
  for await (const { header, body } of readTar(decompress(once(control.content)))) {
    const isText = header.type === 'file' && header.size <= TEXT_LIMIT;
    texts.set(header.path.replace(/^\.?\//, ''), isText ? await text(body) : '');
  }
  const [stanza] = parseControl(texts.get('control') ?? '');
  if (!stanza?.package) throw broken('no control data');
  return debFacts(stanza, {
    scripts: ['preinst', 'postinst'].flatMap((name) => texts.get(name) ?? []),
    files: withDigests(await pathsIn(data.content), texts.get('md5sums') ?? ''),
  });
}

/** What control data says, from a file or from the status of an image. */
export function debFacts(
  stanza: Stanza,
  content: Pick<PackageFacts, 'scripts' | 'files'>,
): PackageFacts {
  const relations = (...fields: string[]) => fields.flatMap((field) => relationsOf(stanza[field]));
  return {
    format: 'deb',
    name: stanza.package ?? '',
    version: stanza.version ?? '',
    architecture: stanza.architecture ?? '',
    requires: relations('pre-depends', 'depends'),
    provides: relations('provides'),
    ...content,
  };
}

/** Files with the digests of `md5sums`: lines of a digest, two spaces and a path. */
export function withDigests(paths: readonly string[], md5sums: string): PackagedFile[] {
  const digests = new Map(
    linesOf(md5sums).map((line) => [line.slice(34).replace(/^\.?\//, ''), line.slice(0, 32)]),
  );
  return paths.map((path) => {
    const hex = digests.get(path);
    return hex ? { path, digest: { algorithm: 'md5', hex } } : { path };
  });
}

/** `a (>= 1) | b, c` as requirements one by one; alternatives all count. */
function relationsOf(field: string | undefined): Requirement[] {
  return (field ?? '').split(/[,|]/).flatMap((part) => {
    const match = /^\s*([^\s(:]+)(?::\w+)?\s*(?:\(\s*([<>=]+)\s*([^\s)]+)\s*\))?/.exec(part);
    if (!match?.[1]) return [];
    const [, name, relation, version] = match;
    return relation && version ? { name, relation, version } : { name };
  });
}

async function pathsIn(data: Uint8Array): Promise<string[]> {
  const paths: string[] = [];
  for await (const { header } of readTar(decompress(once(data)))) {
    if (header.type !== 'directory') paths.push(header.path.replace(/^\.?\//, ''));
  }
  return paths;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function broken(what: string): LockstepError {
  return new LockstepError('invalid-content', `broken Debian package: ${what}`);
}
