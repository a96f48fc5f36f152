import { z } from 'zod';
import { readAll } from '../../oci/content.ts';
import { followRedirects } from '../../oci/remote/redirect.ts';
import { withRetries } from '../../oci/remote/retry.ts';
import { httpTransport, placeOf } from '../../oci/remote/transport.ts';
import { LockstepError } from '../../system/error.ts';

/** Where Fedora CoreOS publishes its images; a stream is a tag of it. */
export const COREOS_IMAGE = 'quay.io/fedora/fedora-coreos';

/** Where Fedora CoreOS publishes what its streams are at and what each build holds. */
export const COREOS_BUILDS = 'https://builds.coreos.fedoraproject.org';

/** `streams/STREAM.json` names every disk image; `commitmeta.json` every package. */
const LIMIT = 16 << 20;

export interface CoreosOptions {
  /** Address of the builds (default `COREOS_BUILDS`). */
  builds?: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** What Fedora CoreOS says of a build beside its image, whose labels name no kernel since F43. */
export interface CoreosEvidence {
  /** The release that the stream is at. */
  release?: string;
  /** The kernel that the build of this version holds. */
  kernel?: string;
}

const StreamShape = z.object({
  architectures: z.object({
    x86_64: z.object({ artifacts: z.record(z.string(), z.object({ release: z.string() })) }),
  }),
});

const CommitShape = z.looseObject({
  'ostree.linux': z.string().optional(),
  'rpmostree.rpmdb.pkglist': z.array(z.array(z.string())).optional(),
});

/**
 * Reads `streams/STREAM.json` and the `commitmeta.json` of one version. Throws `network` or
 * `not-found` when they cannot be had: whoever only compares may go on without them.
 */
export async function coreosEvidence(
  stream: string,
  version: string,
  options: CoreosOptions,
): Promise<CoreosEvidence> {
  const builds = options.builds ?? COREOS_BUILDS;
  const current = StreamShape.parse(await getJson(`${builds}/streams/${stream}.json`, options));
  const [artifact] = Object.values(current.architectures.x86_64.artifacts);
  const path = `prod/streams/${stream}/builds/${version}/x86_64/commitmeta.json`;
  const kernel = kernelOf(CommitShape.parse(await getJson(`${builds}/${path}`, options)));
  return { ...(artifact && { release: artifact.release }), ...(kernel && { kernel }) };
}

/** The label, else the package: `[name, epoch, version, release, architecture]`. */
function kernelOf(commit: z.infer<typeof CommitShape>): string | undefined {
  const named = commit['ostree.linux'];
  if (named) return named;
  const found = commit['rpmostree.rpmdb.pkglist']?.find(([name]) => name === 'kernel-core');
  const [, , version, release, architecture] = found ?? [];
  return version && release && architecture ? `${version}-${release}.${architecture}` : undefined;
}

async function getJson(address: string, { env, signal }: CoreosOptions): Promise<unknown> {
  const transport = httpTransport({ env });
  const bytes = await withRetries(
    async () => {
      const request = { method: 'GET', url: new URL(address), ...(signal && { signal }) };
      const { status, body, url } = await followRedirects(transport, request);
      const read = await readAll(body, LIMIT, placeOf(url));
      if (status === 200) return read;
      const code = status === 404 || status === 403 ? 'not-found' : 'network';
      throw new LockstepError(code, `${placeOf(url)} was answered ${status}`);
    },
    { attempts: 3, ...(signal && { signal }) },
  );
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new LockstepError('network', `${address} is not JSON`, { cause });
  }
}
