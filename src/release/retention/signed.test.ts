import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { requireDescriptor } from '../../oci/manifest.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { subjectOfTag } from '../../oci/reference.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import type { Digest } from '../../system/digest.ts';
import { verifyingBy } from '../../trust/bundle/signing.ts';
import { parseImageName } from '../../trust/policy/image-name.ts';
import { registrySubject } from '../../trust/policy/subject.ts';
import { signatureTag } from '../../trust/signature/image.ts';
import { findHost } from '../../trust/simulate/host.ts';
import { simulate } from '../../trust/simulate/simulate.ts';
import { verifyImage } from '../../trust/verify/verify-image.ts';
import { readHistory } from '../history/history.ts';
import { promoteSigned, signedStream, trustBy } from '../testing/signed-promotion.ts';
import { applyCleanup, proposeCleanup } from './apply.ts';

const location = 'registry.example.org/me';
const platform = { os: 'linux', architecture: 'amd64' };

describe('a cleanup after signed promotions', () => {
  it('leaves stable accepted, and no signature of what is gone', async () => {
    const registry = memoryRegistry();
    const [image, kmods] = [registry.repository('image'), registry.repository('kmods')];
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
    for (const repository of [image, kmods]) {
      const subjects = (await repository.tags()).flatMap((tag) => subjectOfTag(tag) ?? []);
      expect(subjects.length).toBeGreaterThan(0);
      expect(subjects.length).toBeLessThan(5);
      for (const subject of subjects) expect(await repository.resolve(subject)).toBeDefined();
    }
    const verifying = verifyingBy([trustBy(key).signer.publicKey]);
    expect((await verifyImage(kmods, 'main', { verifying })).verified).toBe(true);
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
