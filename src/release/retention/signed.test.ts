import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { requireDescriptor } from '../../oci/manifest.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { subjectOfTag } from '../../oci/reference.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import type { Digest } from '../../system/digest.ts';
import { parseImageName } from '../../trust/policy/image-name.ts';
import { registrySubject } from '../../trust/policy/subject.ts';
import { signatureTag } from '../../trust/signature/image.ts';
import { findHost } from '../../trust/simulate/host.ts';
import { simulate } from '../../trust/simulate/simulate.ts';
import { readHistory } from '../history/history.ts';
import { promoteSigned, signedStream, trustBy } from '../testing/signed-promotion.ts';
import { applyCleanup, proposeCleanup } from './apply.ts';

const location = 'registry.example.org/me';
const platform = { os: 'linux', architecture: 'amd64' };

describe('a cleanup after signed promotions', () => {
  it('leaves stable accepted, and no signature of what is gone', async () => {
    const registry = memoryRegistry();
    const image = registry.repository('image');
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const known = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const promoted: Digest[] = [];
    for (const at of [1, 2, 3, 4, 5]) {
      await promoteSigned(registry, { location, id: `2026112${at}t000000z-aaaa`, key, known });
      const latest = await requireDescriptor(image, 'latest');
      promoted.push(latest.digest);
    }
    const signed = await Promise.all(promoted.map((one) => image.resolve(signatureTag(one))));
    expect(signed.filter((one) => one != null)).toHaveLength(5);

    const scope = { image: 'image', kmods: 'kmods', stable: ['latest', 'main-12'] };
    const now = () => new Date(Date.now() + 400 * 86_400_000);
    const policy = { days: 1, newest: 0, rollbacks: 1 };
    const options = { registry, scope, policy, now };
    await applyCleanup(await proposeCleanup(options), options);

    const there = await Promise.all(promoted.map((one) => image.resolve(one)));
    expect(there.filter((one) => one == null).length).toBeGreaterThan(1);
    for (const tag of await image.tags()) {
      const subject = subjectOfTag(tag);
      if (subject) expect(await image.resolve(subject)).toBeDefined();
    }
    for (const [at, digest] of promoted.entries()) {
      const left = (await image.referrers(digest)).length;
      expect(left > 0).toBe(there[at] != null);
    }
    const host = await findHost(await openImageTree(image, 'latest', { platform }));
    const name = parseImageName(`${location}/image:latest`);
    if (!host || !name) throw new Error('no host');
    const terms = { host, subject: registrySubject(name, 'docker'), platform, now: new Date() };
    const answer = await simulate(image, 'latest', { ...terms, requireSigned: true });
    expect(answer).toMatchObject({ accepted: true, digest: promoted[4] });
    const { records: seals } = trustBy(key);
    const history = await readHistory(signedStream(location), { registry, seals });
    expect(history.flatMap(({ findings }) => findings)).toEqual([]);
  });
});
