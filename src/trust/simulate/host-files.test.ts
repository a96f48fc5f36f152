import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../file/memory-tree.ts';
import { aTree } from '../../file/testing/tree-builder.ts';
import { readIfThere } from '../../file/tree.ts';
import { hostFiles } from '../hosts/host-files.ts';
import { readMaterials } from '../policy/material.ts';
import { aSigner } from '../testing/keys.ts';
import { findHost } from './host.ts';
import { filesOfHost } from './host-files.ts';

const POLICY = 'etc/containers/policy.json';
const { publicKey } = aSigner();
const written = Object.fromEntries(
  hostFiles({ name: 'os', scopes: ['a.example/os'], keys: [publicKey], enforce: true }).map(
    ({ path, text }) => [path, text],
  ),
);
const requirement = (keyPath: string) => ({
  default: [{ type: 'sigstoreSigned', keyPath, signedIdentity: { type: 'matchRepository' } }],
});

describe(filesOfHost, () => {
  it('gives the policy, where signatures are, and every key that the policy names', async () => {
    const tree = aTree({
      ...written,
      'etc/containers/other': 'no',
      'etc/pki/containers/b.pub': '',
    });

    expect([...(await filesOfHost(tree)).keys()].sort()).toEqual(Object.keys(written).sort());
  });

  it('gives keys that lie elsewhere, and leaves out those that are not there', async () => {
    const policy = JSON.stringify(requirement('/usr/share/keys/a.pub'));
    const files = { [POLICY]: policy, 'usr/share/keys/a.pub': publicKey.pem };

    expect([...(await filesOfHost(aTree(files))).keys()]).toEqual(Object.keys(files));
    expect([...(await filesOfHost(aTree({ [POLICY]: policy }))).keys()]).toEqual([POLICY]);
  });

  it.each([
    ['a policy', written],
    ['no policy', {}],
    ['a policy that would not load', { ...written, [POLICY]: '{"default": []}' }],
    ['a key that is none', { ...written, [POLICY]: JSON.stringify(requirement('/etc/x')) }],
    ['a path through ..', { [POLICY]: JSON.stringify(requirement('/etc/../etc/x')) }],
  ])('judges as the whole tree with %s', async (_, files) => {
    const whole = aTree({ ...files, 'etc/x': 'no key' });
    const alone = memoryTree(whole.name, await filesOfHost(whole));

    expect(await judgedBy(alone)).toEqual(await judgedBy(whole));
  });
});

/** The host with what its default is judged with, or why it would not load. */
async function judgedBy(tree: ReturnType<typeof aTree>) {
  try {
    const host = await findHost(tree);
    if (!host) return undefined;
    const { policy, registries } = host;
    const materials = [...(await readMaterials(policy.default, tree)).values()];
    return { policy, registries, materials, bytes: await readIfThere(tree, POLICY) };
  } catch (error) {
    return String(error);
  }
}
