import { gzipSync } from 'node:zlib';
import { cpioEnd, cpioEntry } from '../../archive/cpio.ts';
import { RPM_TAG } from '../rpm-header.ts';

/** A package for tests; only what matters to the test needs to be said. */
export interface RpmBuild {
  name?: string;
  version?: string;
  release?: string;
  /** `name = version` or a name alone. */
  requires?: readonly string[];
  provides?: readonly string[];
  postInstall?: string;
  /** Content by absolute path. */
  files?: Record<string, string | Uint8Array>;
  isSource?: boolean;
}

const [INT16, INT32, STRING, BINARY, STRINGS, I18N] = [3, 4, 6, 7, 8, 9];
const SENSE_EQUAL = 8;
/** The region tags that open a header and a signature (rpm: docs/manual/format_v4.md). */
const [HEADER_REGION, SIGNATURE_REGION] = [63, 62];

type Value = [type: number | undefined, value: string | readonly string[] | readonly number[]];

/** An RPM file, with less in it than rpm would install: lead, signature header, header, payload. */
export function anRpm(build: RpmBuild = {}): Buffer {
  const files = Object.entries(build.files ?? {});
  const header = headerOf(HEADER_REGION ?? 0, tagsOf(build, files));
  const archive = files.map(([path, content]) =>
    cpioEntry({ path: `.${path}`, mode: 0o100644 }, content),
  );
  const payload = gzipSync(Buffer.concat([...archive, cpioEnd()]));
  const size = header.length + payload.length;
  const signature = headerOf(SIGNATURE_REGION ?? 0, new Map([[1000, [INT32, [size]]]]));
  const padding = Buffer.alloc(-signature.length & 7);
  return Buffer.concat([leadOf(build), signature, padding, header, payload]);
}

function leadOf({ name = 'x', version = '1', release = '1', isSource }: RpmBuild): Buffer {
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb, 0);
  lead[4] = 3;
  lead[7] = isSource ? 1 : 0;
  lead[9] = 1;
  lead.write(`${name}-${version}-${release}`.slice(0, 65), 10, 'latin1');
  lead.writeUInt16BE(1, 76);
  lead.writeUInt16BE(5, 78);
  return lead;
}

function tagsOf(build: RpmBuild, files: [string, string | Uint8Array][]): Map<number, Value> {
  const { name = 'x', version = '1', release = '1', requires = [], provides = [] } = build;
  const folders = [...new Set(files.map(([path]) => path.replace(/[^/]*$/, '')))];
  const tags = new Map<number, Value>([
    [RPM_TAG.name, [STRING, name]],
    [RPM_TAG.version, [STRING, version]],
    [RPM_TAG.release, [STRING, release]],
    [1004, [I18N, ['a package']]],
    [1014, [STRING, 'none']],
    [1021, [STRING, 'linux']],
    [RPM_TAG.architecture, [STRING, 'x86_64']],
    [RPM_TAG.payloadCompressor, [STRING, 'gzip']],
    [1124, [STRING, 'cpio']],
  ]);
  if (!build.isSource) tags.set(1044, [STRING, `${name}.src.rpm`]);
  if (build.postInstall !== undefined) tags.set(RPM_TAG.postInstall, [STRING, build.postInstall]);
  relations(tags, [1049, 1048, 1050], requires);
  relations(tags, [1047, 1112, 1113], [`${name} = ${version}-${release}`, ...provides]);
  if (files.length === 0) return tags;
  tags.set(RPM_TAG.fileSizes, [INT32, files.map(([, content]) => Buffer.from(content).length)]);
  tags.set(RPM_TAG.fileModes, [INT16, files.map(() => 0o100644)]);
  tags.set(RPM_TAG.directoryNames, [STRINGS, folders]);
  tags.set(RPM_TAG.directoryIndexes, [
    INT32,
    files.map(([path]) => folders.indexOf(path.replace(/[^/]*$/, ''))),
  ]);
  return tags.set(RPM_TAG.baseNames, [STRINGS, files.map(([path]) => path.replace(/.*\//, ''))]);
}

function relations(
  tags: Map<number, Value>,
  [names, flags, versions]: [number, number, number],
  relations: readonly string[],
): void {
  if (relations.length === 0) return;
  const parts = relations.map((relation) => relation.split(' = '));
  tags.set(names, [STRINGS, parts.map(([name]) => name ?? '')]);
  tags.set(flags, [INT32, parts.map(([, version]) => (version === undefined ? 0 : SENSE_EQUAL))]);
  tags.set(versions, [STRINGS, parts.map(([, version]) => version ?? '')]);
}

function headerOf(region: number, tags: Map<number, Value>): Buffer {
  const entries: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [tag, [type = 0, value]] of [...tags].sort(([a], [b]) => a - b)) {
    const width = { [INT16 ?? 0]: 2, [INT32 ?? 0]: 4 }[type] ?? 1;
    const padding = Buffer.alloc(-offset & (width - 1));
    const bytes = bytesOf(type, value);
    offset += padding.length;
    entries.push(indexEntry(tag, type, offset, typeof value === 'string' ? 1 : value.length));
    data.push(padding, bytes);
    offset += bytes.length;
  }
  const trailer = indexEntry(region, BINARY ?? 0, -16 * (entries.length + 1), 16);
  entries.unshift(indexEntry(region, BINARY ?? 0, offset, 16));
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x8eade801, 0);
  head.writeUInt32BE(entries.length, 8);
  head.writeUInt32BE(offset + 16, 12);
  return Buffer.concat([head, ...entries, ...data, trailer]);
}

function indexEntry(tag: number, type: number, offset: number, count: number): Buffer {
  const entry = Buffer.alloc(16);
  entry.writeInt32BE(tag, 0);
  entry.writeInt32BE(type, 4);
  entry.writeInt32BE(offset, 8);
  entry.writeInt32BE(count, 12);
  return entry;
}

function bytesOf(type: number, value: Value[1]): Buffer {
  if (typeof value === 'string') return Buffer.from(`${value}\0`);
  const parts = value.map((one) => {
    if (typeof one === 'string') return Buffer.from(`${one}\0`);
    const number = Buffer.alloc(type === INT16 ? 2 : 4);
    if (type === INT16) number.writeUInt16BE(one);
    else number.writeUInt32BE(one);
    return number;
  });
  return Buffer.concat(parts);
}
