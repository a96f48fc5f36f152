import { type OpenOptions, openRepository } from '../../oci/open/open.ts';
import { parseReference, versionOf } from '../../oci/reference.ts';
import { releaseKeys } from '../../source/openzfs/keyring.ts';
import { keyProblem } from './keyring.ts';
import { openPinned, type PinnedRepository } from './repository.ts';
import type { Upstream } from './verify.ts';

/** The repositories and registries that pins come from, each asked once. */
export function openUpstream(options: OpenOptions & { now: () => Date }): Upstream {
  const repositories = new Map<string, Promise<PinnedRepository>>();
  return {
    repository(address) {
      const known = repositories.get(address) ?? openPinned(address, options);
      repositories.set(address, known);
      return known;
    },
    async image(name) {
      const reference = parseReference(name);
      return (await openRepository(reference, options).resolve(versionOf(reference)))?.digest;
    },
    async keyProblem(fingerprint) {
      const key = (await releaseKeys()).find((one) => one.fingerprint === fingerprint);
      return keyProblem(key, options.now());
    },
  };
}
