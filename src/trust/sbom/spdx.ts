import type { Digest } from '../../system/digest.ts';
import type { ImageContents, InstalledModule, InstalledPackage } from './contents.ts';
import { purlOf } from './purl.ts';

/** What a statement that holds a document of SPDX in JSON is of (in-toto attestation framework). */
export const SPDX_PREDICATE = 'https://spdx.dev/Document';

/** The image that a document speaks of. */
export interface DescribedImage {
  /** Its repository. */
  name: string;
  digest: Digest;
  /** When it was made, as its config says: the same image has the same document. */
  created?: string | undefined;
}

const IMAGE = 'SPDXRef-Image';
const UNSAID = 'NOASSERTION';
/** When nothing was said: SPDX must have a date. */
const UNDATED = '1970-01-01T00:00:00Z';

/** What an image consists of, as SPDX 2.3 in JSON. Pure: the same image gives the same document. */
export function spdxDocument({ name, digest, created }: DescribedImage, contents: ImageContents) {
  const packages = contents.packages.map((one, at) => packageOf(one, at, contents));
  const modules = contents.modules.map(moduleOf);
  const parts = [...packages, ...modules];
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${name}@${digest}`,
    documentNamespace: `https://lockstep.dev/spdx/${digest.replace(':', '/')}`,
    creationInfo: { created: dateOf(created), creators: ['Tool: lockstep'] },
    packages: [imageOf(name, digest), ...parts],
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', IMAGE),
      ...parts.map(({ SPDXID }) => relationship(IMAGE, 'CONTAINS', SPDXID)),
    ],
  };
}

/** In whole seconds, as SPDX wants it. */
function dateOf(text = UNDATED): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? UNDATED : `${date.toISOString().slice(0, 19)}Z`;
}

/** What every package has to say, and ours cannot. */
const nothing = {
  downloadLocation: UNSAID,
  filesAnalyzed: false,
  licenseConcluded: UNSAID,
  licenseDeclared: UNSAID,
  copyrightText: UNSAID,
};

function imageOf(name: string, digest: Digest) {
  return {
    SPDXID: IMAGE,
    name,
    versionInfo: digest,
    primaryPackagePurpose: 'CONTAINER',
    checksums: [checksum(digest)],
    ...nothing,
  };
}

function packageOf(one: InstalledPackage, at: number, { os }: ImageContents) {
  return {
    SPDXID: `SPDXRef-${one.kind}-${at + 1}`,
    name: one.name,
    versionInfo: one.version,
    ...(one.file && {
      packageFileName: one.file.path,
      checksums: [checksum(one.file.digest)],
    }),
    ...nothing,
    ...(one.source && { sourceInfo: `built from ${one.source}` }),
    ...(one.by && { originator: `${one.kind === 'deb' ? 'Person' : 'Organization'}: ${one.by}` }),
    ...licenseSaid(one.license),
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: purlOf(one, os),
      },
    ],
  };
}

function moduleOf({ path, name, kernel, digest, version, license }: InstalledModule, at: number) {
  return {
    SPDXID: `SPDXRef-module-${at + 1}`,
    name,
    ...(version && { versionInfo: version }),
    packageFileName: path,
    primaryPackagePurpose: 'FILE',
    comment: `kernel module for Linux ${kernel}`,
    checksums: [checksum(digest)],
    ...nothing,
    ...licenseSaid(license),
  };
}

/** Not declared as one: what packages and modules say is often no expression of SPDX. */
function licenseSaid(license: string | undefined) {
  return license ? { licenseComments: `it says: ${license}` } : {};
}

function checksum(digest: Digest) {
  return { algorithm: 'SHA256', checksumValue: digest.slice('sha256:'.length) };
}

function relationship(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}
