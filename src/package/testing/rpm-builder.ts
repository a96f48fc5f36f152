import { gzipSync } from 'node:zlib';
import { cpioEnd, cpioEntry } from '../../file/cpio-write.ts';
import {
  numbersEntry,
  RPM_REGION,
  RPM_TYPE,
  type RpmEntry,
  textEntry,
  textsEntry,
  writeRpmHeader,
} from '../rpm-entries.ts';
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

const SENSE_EQUAL = 8;

/** An RPM file, with less in it than rpm would install: lead, signature header, header, payload. */
export function anRpm(build: RpmBuild = {}): Buffer {
  const files = Object.entries(build.files ?? {});
  const header = writeRpmHeader(RPM_REGION.header, entriesOf(build, files));
  const archive = files.map(([path, content]) =>
    cpioEntry({ path: `.${path}`, mode: 0o100644 }, content),
  );
  const payload = gzipSync(Buffer.concat([...archive, cpioEnd()]));
  const size = header.length + payload.length;
  const signature = writeRpmHeader(RPM_REGION.signature, [numbersEntry(1000, [size])]);
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

function entriesOf(build: RpmBuild, files: [string, string | Uint8Array][]): RpmEntry[] {
  const { name = 'x', version = '1', release = '1', requires = [], provides = [] } = build;
  return [
    textEntry(RPM_TAG.name, name),
    textEntry(RPM_TAG.version, version),
    textEntry(RPM_TAG.release, release),
    { ...textEntry(1004, 'a package'), type: RPM_TYPE.i18n },
    textEntry(1014, 'none'),
    textEntry(1021, 'linux'),
    textEntry(RPM_TAG.architecture, 'x86_64'),
    textEntry(RPM_TAG.payloadCompressor, 'gzip'),
    textEntry(1124, 'cpio'),
    ...(build.isSource ? [] : [textEntry(1044, `${name}.src.rpm`)]),
    ...(build.postInstall === undefined ? [] : [textEntry(RPM_TAG.postInstall, build.postInstall)]),
    ...relations([1049, 1048, 1050], requires),
    ...relations([1047, 1112, 1113], [`${name} = ${version}-${release}`, ...provides]),
    ...(files.length === 0 ? [] : fileEntries(files)),
  ];
}

function fileEntries(files: [string, string | Uint8Array][]): RpmEntry[] {
  const folders = [...new Set(files.map(([path]) => path.replace(/[^/]*$/, '')))];
  const at = files.map(([path]) => folders.indexOf(path.replace(/[^/]*$/, '')));
  const modes = Buffer.concat(files.map(() => Buffer.from([0o100644 >> 8, 0o100644 & 255])));
  return [
    numbersEntry(
      RPM_TAG.fileSizes,
      files.map(([, content]) => Buffer.from(content).length),
    ),
    { tag: RPM_TAG.fileModes, type: RPM_TYPE.int16, count: files.length, bytes: modes },
    textsEntry(RPM_TAG.directoryNames, folders),
    numbersEntry(RPM_TAG.directoryIndexes, at),
    textsEntry(
      RPM_TAG.baseNames,
      files.map(([path]) => path.replace(/.*\//, '')),
    ),
  ];
}

function relations(
  [names, flags, versions]: [number, number, number],
  relations: readonly string[],
): RpmEntry[] {
  if (relations.length === 0) return [];
  const parts = relations.map((relation) => relation.split(' = '));
  return [
    textsEntry(
      names,
      parts.map(([name]) => name ?? ''),
    ),
    numbersEntry(
      flags,
      parts.map(([, version]) => (version === undefined ? 0 : SENSE_EQUAL)),
    ),
    textsEntry(
      versions,
      parts.map(([, version]) => version ?? ''),
    ),
  ];
}
