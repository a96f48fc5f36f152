import { namesOf } from '../../config/published-names.ts';
import type { Stream } from '../../config/schema.ts';
import type { Registry, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import type { Once } from '../../system/once.ts';
import { parseImageName } from '../../trust/policy/image-name.ts';
import { registrySubject } from '../../trust/policy/subject.ts';
import { findHost, type Host } from '../../trust/simulate/host.ts';
import { simulate } from '../../trust/simulate/simulate.ts';
import { type DescribedImages, PLATFORM } from '../statements/described.ts';
import type { Move } from './plan.ts';

/**
 * What hosts would say to a move: those that have the stable image now judge by the policy in it,
 * and by their own once they have the new one. An image without a policy judges nothing.
 */
export async function hostRefusals(
  stream: Stream,
  { from, to, tag, repository: name }: Move,
  {
    registry,
    signed,
    images,
    hosts,
    signatures,
    now,
  }: {
    registry: Registry;
    /** Where the signatures are read. */
    signed: Registry;
    images: DescribedImages;
    /** The hosts by the digests of their images. */
    hosts: Once;
    /** Of this look; the next one reads them anew. */
    signatures: Once;
    now: () => Date;
  },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const digest of new Set([from, to])) {
    const read = (image: Digest) => hostOf(registry.repository(name), image, images);
    const host = digest && (await hosts.get(digest, () => read(digest)));
    for (const pulled of host ? namesOf(stream, name) : []) {
      const image = parseImageName(`${pulled}:${tag}`);
      if (!host || !image) continue;
      const terms = {
        host,
        subject: registrySubject(image, 'docker'),
        platform: PLATFORM,
        signatures,
        now: now(),
      };
      const { accepted, reason, scope } = await simulate(signed.repository(name), to, terms);
      if (!accepted)
        findings.push(
          refused(
            stream,
            `hosts with ${digest} would refuse ${pulled}:${tag}: ${reason} (${scope})`,
          ),
        );
    }
  }
  return findings;
}

/** Undefined without a policy; a stable image that is gone judges nothing any more. */
async function hostOf(
  repository: Repository,
  digest: Digest,
  images: DescribedImages,
): Promise<Host | undefined> {
  const image = await images(repository, digest);
  return image && findHost(image.files);
}

function refused({ trust }: Stream, message: string): Finding {
  return {
    rule: 'host-refuses',
    severity: 'error',
    message,
    hint:
      trust?.key == null
        ? 'hosts need a key, as their policies never name the job of a CI: sign with trust.key too'
        : 'hosts must know a new key before the old one is left out: lockstep trust policy --key old.pub --key new.pub',
  };
}
