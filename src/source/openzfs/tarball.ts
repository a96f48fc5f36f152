import { createReadStream } from 'node:fs';
import { decompress } from '../../file/compression/compression.ts';
import { readTar } from '../../file/tar/tar.ts';
import { readAll } from '../../oci/content.ts';
import { LockstepError } from '../../system/error.ts';
import type { Meta } from '../meta.ts';
import { fetchIntoPool, fetchSmall, type Pooled } from './download.ts';
import type { Github } from './github.ts';
import type { Release, ReleaseAsset } from './releases.ts';
import { checkSignature, type SignatureOptions } from './signature.ts';
import { META_LIMIT, requireMeta } from './tag-meta.ts';

/** The source archive of a release in the pool, and whose signature vouches for it. */
export interface SignedTarball extends Pooled {
  name: string;
  url: string;
  /** Fingerprint of the key. */
  signedBy: string;
}

/**
 * Fetches the source archive of a release. OpenZFS publishes `zfs-V.tar.gz`, a signature of it
 * (`zfs-V.tar.gz.asc`) and a signed list of checksums (`zfs-V.sha256.asc`): one of the two must
 * be there (`invalid-content` otherwise), and each that is there must be good (`not-allowed`).
 */
export async function fetchTarball(
  github: Github,
  release: Release,
  options: SignatureOptions & { pool: string },
): Promise<SignedTarball> {
  const name = `${release.tag}.tar.gz`;
  const archive = assetOf(release, name);
  if (!archive) throw lacks(release, `no file ${name}`);
  const sums = assetOf(release, `${release.tag}.sha256.asc`);
  const detached = assetOf(release, `${name}.asc`);
  const list = sums && (await signedSum(github, { sums, name }, options));
  if (!list && !detached) throw lacks(release, 'no signature');
  const pooled = await fetchIntoPool(github, { ...archive, sha256: list?.sha256 }, options.pool);
  const own =
    detached &&
    (await checkSignature(
      { name: detached.name, bytes: await fetchSmall(github, detached) },
      pooled.path,
      options,
    ));
  return { ...pooled, name, url: archive.url, signedBy: own?.signedBy ?? list?.signedBy ?? '' };
}

/** META inside a source archive; throws `invalid-content` when it is not that of the version. */
export async function tarballMeta(path: string, version: string): Promise<Meta> {
  const wanted = `zfs-${version}/META`;
  const where = `META of the tarball zfs-${version}.tar.gz`;
  const limits = { entries: 100_000, fileSize: 1 << 30 };
  for await (const { header, body } of readTar(decompress(createReadStream(path)), limits)) {
    if (header.path.replace(/^\.\//, '') !== wanted || header.type !== 'file') continue;
    return requireMeta(await readAll(body, META_LIMIT, where), version, where);
  }
  throw new LockstepError('invalid-content', `zfs-${version}.tar.gz holds no ${wanted}`);
}

/** The checksum of the archive as the signed list has it: `HEX  NAME` or `SHA256 (NAME) = HEX`. */
async function signedSum(
  github: Github,
  { sums, name }: { sums: ReleaseAsset; name: string },
  options: SignatureOptions,
): Promise<{ sha256: string; signedBy: string }> {
  const bytes = await fetchSmall(github, sums);
  const { text, signedBy } = await checkSignature({ name: sums.name, bytes }, undefined, options);
  const found = text.split('\n').flatMap((line) => {
    const [, hex, file] = /^([0-9a-f]{64}) [ *](\S+)\s*$/i.exec(line) ?? [];
    const [, bsdFile, bsdHex] = /^SHA256 \((\S+)\) = ([0-9a-f]{64})\s*$/i.exec(line) ?? [];
    return (file ?? bsdFile) === name ? [(hex ?? bsdHex ?? '').toLowerCase()] : [];
  });
  const [sha256, ...others] = new Set(found);
  if (sha256 && others.length === 0) return { sha256, signedBy };
  throw new LockstepError('not-allowed', `${sums.name} is signed, but not for ${name}`, {
    context: { file: sums.name },
  });
}

function assetOf(release: Release, name: string): ReleaseAsset | undefined {
  return release.assets.find((asset) => asset.name === name);
}

function lacks(release: Release, what: string): LockstepError {
  return new LockstepError('invalid-content', `the release ${release.tag} has ${what}`, {
    context: { version: release.version },
    hint: 'releases are used only when they are signed; files of a new one may still be on their way',
  });
}
