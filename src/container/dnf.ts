import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RpmIdentity, readRpmIdentity } from '../package/rpm.ts';
import { readRpmHead } from '../package/rpm-file.ts';
import { digestOfFile } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import { lastLines } from '../system/process.ts';
import type { Buildah } from './buildah.ts';
import { type LocalImage, tryInImage } from './run-in-image.ts';

/** An RPM file that a solver chose, with its checksum. */
export interface ChosenRpm extends RpmIdentity {
  /** 64 hex digits. */
  sha256: string;
  /** Bytes. */
  size: number;
}

export interface DnfRequest {
  /** The image on which the packages will be installed. */
  from: LocalImage;
  /** Names, or anything else that dnf takes: `kernel-devel-uname-r = 6.12.9`. */
  packages: readonly string[];
  /** Where the chosen packages are kept, each as `SHA256.rpm`. */
  pool: string;
  /** For what arrives on the way. */
  scratch: string;
  /** PEM file of authorities that vouch for repositories, beside those of the image. */
  authorities?: string | undefined;
}

/**
 * Lets dnf choose what has to be installed on an image to have the packages there, and fetches it
 * into the pool; the repositories, their keys and what is installed are the image's own. What dnf
 * checks of signatures it checks here. Throws `not-found` when a package is not to be had.
 */
export async function chooseRpms(
  buildah: Buildah,
  request: DnfRequest,
  onLine: (line: string) => void,
): Promise<ChosenRpm[]> {
  if (request.packages.length === 0) return [];
  const arrived = join(request.scratch, 'rpms');
  await rm(arrived, { recursive: true, force: true });
  await mkdir(arrived, { recursive: true });
  const trusted = await authoritiesIn(request);
  const command = ['sh', '-c', DOWNLOAD, 'sh', ...request.packages];
  const result = await tryInImage(buildah, request.from, {
    command,
    volumes: [`${arrived}:/out`, ...trusted],
    onLine,
  });
  if (result.status !== 0) throw refused(request, result.stdout + result.stderr);
  return keep(arrived, request.pool);
}

/** Where the shell in the image finds authorities. */
const AUTHORITIES = '/run/lockstep-authorities.pem';

/** What binds the authorities in: a copy, since a volume's path may hold no colon. */
async function authoritiesIn({ authorities, scratch }: DnfRequest): Promise<string[]> {
  if (!authorities) return [];
  const copy = join(scratch, 'authorities.pem');
  await copyFile(authorities, copy).catch((cause: unknown) => {
    throw new LockstepError('config', `cannot read the certificates of ${authorities}`, { cause });
  });
  return [`${copy}:${AUTHORITIES}:ro`];
}

/**
 * dnf5 has no folder for downloads: there the cache is one. dnf knows no SSL_CERT_FILE, and
 * `sslcacert` (dnf.conf(5)) takes the place of what the image trusts: both go into one file.
 */
const DOWNLOAD = `set -eu
trap '[ $? = 0 ] || { echo looked in:; dnf repolist; }' EXIT
if [ -e ${AUTHORITIES} ]; then
  cat /etc/pki/tls/certs/ca-bundle.crt ${AUTHORITIES} > /tmp/lockstep-trusted.pem || :
  set -- --setopt=sslcacert=/tmp/lockstep-trusted.pem "$@"
fi
if command -v dnf5 >/dev/null; then
  dnf5 -y --setopt=install_weak_deps=False --setopt=keepcache=1 --setopt=cachedir=/out \\
    install --downloadonly "$@"
else
  dnf -y --setopt=install_weak_deps=False install --downloadonly --downloaddir=/out "$@"
fi
chmod -R a+rX /out
`;

async function keep(arrived: string, pool: string): Promise<ChosenRpm[]> {
  await mkdir(pool, { recursive: true });
  const chosen: ChosenRpm[] = [];
  const files = await readdir(arrived, { recursive: true });
  for (const name of files.filter((file) => file.endsWith('.rpm')).sort()) {
    const path = join(arrived, name);
    const { digest, size } = await digestOfFile(path);
    const sha256 = digest.slice('sha256:'.length);
    chosen.push({ ...readRpmIdentity(await readRpmHead(path)), sha256, size });
    await rename(path, pooledRpm(pool, { sha256 }));
  }
  return chosen.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Where the pool keeps an RPM: by content. */
export function pooledRpm(pool: string, { sha256 }: Pick<ChosenRpm, 'sha256'>): string {
  return join(pool, `${sha256}.rpm`);
}

const MISSING =
  /No match for argument|Unable to find a match|nothing provides|No package .* available/i;

function refused({ packages }: DnfRequest, log: string): LockstepError {
  const code = MISSING.test(log) ? 'not-found' : 'archive';
  const wanted = packages.join(', ');
  return new LockstepError(code, `dnf cannot get ${wanted}\n${lastLines(log, 12)}`, {
    hint:
      code === 'not-found'
        ? 'the repositories that the image is configured with do not have it (now)'
        : 'try again later: the repositories of the image did not answer as they should',
  });
}

/** Shell: leaves the name of the image's dnf in `$dnf`. */
export const FIND_DNF = 'if command -v dnf5 >/dev/null; then dnf=dnf5; else dnf=dnf; fi';

/** A shell command that installs RPM files with a dnf, without asking any repository. */
export function installScript(files: string, tool: string): string {
  return `${tool} -y --disablerepo='*' --setopt=install_weak_deps=False install ${files}`;
}
