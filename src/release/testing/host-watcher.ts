import type { Registry } from '../../oci/repository.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import type { Digest } from '../../system/digest.ts';
import { verifyingBy } from '../../trust/bundle/signing.ts';
import type { PublicKey } from '../../trust/key/public-key.ts';
import { parseImageName } from '../../trust/policy/image-name.ts';
import { registrySubject } from '../../trust/policy/subject.ts';
import { findHost, type Host } from '../../trust/simulate/host.ts';
import { simulate } from '../../trust/simulate/simulate.ts';
import { verifyImage } from '../../trust/verify/verify-image.ts';
import { MOVING } from './jobs.ts';
import { keepLooking } from './looking.ts';

const platform = { os: 'linux', architecture: 'amd64' };

/** Hosts that ask all the time whether they would pull what the tags that they follow point to. */
export interface HostWatcher {
  /** What was refused, ever. */
  refusals: string[];
  looks: number;
  moves: number;
  stop(): Promise<void>;
}

/** Starts to watch; a host has the policy of the image that it pulled last. */
export function watchAsHosts(registry: Registry, location: string, key: PublicKey): HostWatcher {
  const at = new Map<string, Digest>();
  const watcher = { refusals: [] as string[], looks: 0, moves: 0 };
  const look = async ({ repository, tag }: (typeof MOVING)[number]) => {
    const digest = (await registry.repository(repository).resolve(tag))?.digest;
    const before = at.get(`${repository}:${tag}`);
    if (!digest || digest === before) return;
    at.set(`${repository}:${tag}`, digest);
    watcher.moves += 1;
    const pulled = { name: `${location}/${repository}:${tag}`, repository, digest, before, key };
    const refusal = await refusalOf(registry, pulled);
    if (refusal) watcher.refusals.push(refusal);
  };
  const lookAround = async () => {
    for (const one of MOVING) await look(one);
    watcher.looks += 1;
  };
  const stop = keepLooking(lookAround, (problem) => watcher.refusals.push(problem));
  return Object.assign(watcher, { stop });
}

interface Pulled {
  name: string;
  repository: string;
  digest: Digest;
  /** What the host runs now; its own first image when it has none. */
  before: Digest | undefined;
  key: PublicKey;
}

async function refusalOf(registry: Registry, pulled: Pulled): Promise<string | undefined> {
  const { name, repository, digest, before, key } = pulled;
  const reader = registry.repository(repository);
  if (repository === 'kmods') {
    const { verified } = await verifyImage(reader, digest, { verifying: verifyingBy([key]) });
    return verified ? undefined : `${name}@${digest} is not signed`;
  }
  const host = await hostWith(registry, before ?? digest);
  const image = parseImageName(name);
  if (!image) return `${name} is no name`;
  const subject = registrySubject(image, 'docker');
  const terms = { host, subject, platform, now: new Date(), requireSigned: true };
  const { accepted, reason } = await simulate(reader, digest, terms);
  return accepted ? undefined : `hosts with ${before} refuse ${name}@${digest}: ${reason}`;
}

async function hostWith(registry: Registry, digest: Digest): Promise<Host> {
  const repository = registry.repository('image');
  const host = await findHost(await openImageTree(repository, digest, { platform }));
  if (host) return host;
  throw new Error(`${digest} has no policy`);
}
