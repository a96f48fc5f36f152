import type { PackagedFile, PackageFacts, Requirement } from './package-facts.ts';
import { RPM_TAG, type RpmHeader } from './rpm-header.ts';
import { readRpmParts } from './rpm-parts.ts';

/** rpm: include/rpm/rpmcrypto.h, the numbers of `FILEDIGESTALGO`; 1 when it is absent. */
const DIGESTS = new Map([
  [1, 'md5'],
  [2, 'sha1'],
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
]);

/**
 * Reads the head of an RPM file: lead, signature header, header (rpm: docs/manual/format_v4.md).
 * The payload is not looked at, so its first megabytes are enough. Throws `invalid-content`.
 */
export function readRpm(bytes: Uint8Array): PackageFacts {
  return rpmFacts(readRpmParts(bytes).facts);
}

/** What tells an RPM file from others of its name. */
export interface RpmIdentity {
  name: string;
  /** `EPOCH:VERSION-RELEASE`, without an epoch of 0. */
  version: string;
  architecture: string;
  /** Name of the source package. */
  source: string;
}

/** Reads from the head of an RPM file which package it is. Throws `invalid-content`. */
export function readRpmIdentity(bytes: Uint8Array): RpmIdentity {
  const header = readRpmParts(bytes).facts;
  const { name, version, architecture } = rpmFacts(header);
  const epoch = header.numbers(RPM_TAG.epoch)[0] ?? 0;
  const source = header.text(RPM_TAG.sourceRpm)?.replace(/-[^-]+-[^-]+\.src\.rpm$/, '') ?? name;
  return { name, version: epoch > 0 ? `${epoch}:${version}` : version, architecture, source };
}

/** What the header of an RPM says, from a file or from the database of an image. */
export function rpmFacts(header: RpmHeader): PackageFacts {
  const text = (tag: number) => header.text(tag) ?? '';
  return {
    format: 'rpm',
    name: text(RPM_TAG.name),
    version: `${text(RPM_TAG.version)}-${text(RPM_TAG.release)}`,
    architecture: text(RPM_TAG.architecture),
    requires: relations(
      header,
      RPM_TAG.requireNames,
      RPM_TAG.requireFlags,
      RPM_TAG.requireVersions,
    ),
    provides: relations(
      header,
      RPM_TAG.provideNames,
      RPM_TAG.provideFlags,
      RPM_TAG.provideVersions,
    ),
    scripts: [RPM_TAG.postInstall, RPM_TAG.postTransaction].flatMap((tag) => header.texts(tag)),
    files: filesOf(header),
  };
}

/** Sense flags: LESS 2, GREATER 4, EQUAL 8. */
function relations(
  header: RpmHeader,
  names: number,
  flags: number,
  versions: number,
): Requirement[] {
  const sense = header.numbers(flags);
  const given = header.texts(versions);
  return header.texts(names).map((name, index) => {
    const bits = sense[index] ?? 0;
    const relation = `${bits & 2 ? '<' : ''}${bits & 4 ? '>' : ''}${bits & 8 ? '=' : ''}`;
    const version = given[index];
    return relation && version ? { name, relation, version } : { name };
  });
}

function filesOf(header: RpmHeader): PackagedFile[] {
  const folders = header.texts(RPM_TAG.directoryNames);
  const indexes = header.numbers(RPM_TAG.directoryIndexes);
  const digests = header.texts(RPM_TAG.fileDigests);
  const algorithm = DIGESTS.get(header.numbers(RPM_TAG.fileDigestAlgorithm)[0] ?? 1);
  return header.texts(RPM_TAG.baseNames).map((name, index) => {
    const path = `${folders[indexes[index] ?? 0] ?? '/'}${name}`.replace(/^\/+/, '');
    const hex = digests[index];
    return hex && algorithm ? { path, digest: { algorithm, hex } } : { path };
  });
}
