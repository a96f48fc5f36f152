import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDirectoryTree } from '../../file/directory-tree.ts';
import { openRepository } from '../../oci/open/open.ts';
import { parseReference, versionOf } from '../../oci/reference.ts';
import { LockstepError } from '../../system/error.ts';
import { run } from '../../system/process.ts';
import type { Peer } from '../../system/testing/peers.ts';
import { parseImageName } from '../policy/image-name.ts';
import { pathSubject, registrySubject } from '../policy/subject.ts';
import { readHost } from '../simulate/host.ts';
import { type Simulation, simulate } from '../simulate/simulate.ts';

/** What a host is set up with, and what it pulls. */
export interface HostCase {
  /** `HOST/NAME:TAG` or `oci:DIR:TAG`. */
  reference: string;
  /** The policy, or its text. */
  policy: unknown;
  /** Files of registries.d by their names; default: attachments are looked at everywhere. */
  registries?: Readonly<Record<string, string>>;
  architecture?: string;
}

/** What became of a pull: it was accepted, refused, or the policy did not load. */
export type Verdict = 'accepted' | 'refused' | 'config';

export const EVERYWHERE = { 'all.yaml': 'default-docker:\n  use-sigstore-attachments: true\n' };

/** Files of a host in folders of their own below one folder. */
export function hostMaker(folder: string) {
  let made = 0;
  return async ({ policy, registries = EVERYWHERE }: HostCase) => {
    made += 1;
    const at = join(folder, `host-${made}`);
    await mkdir(join(at, 'registries.d'), { recursive: true });
    const text = typeof policy === 'string' ? policy : JSON.stringify(policy, null, 2);
    await writeFile(join(at, 'policy.json'), text);
    for (const [name, content] of Object.entries(registries))
      await writeFile(join(at, 'registries.d', name), content);
    return {
      policy: join(at, 'policy.json'),
      registries: join(at, 'registries.d'),
      out: join(at, 'out'),
    };
  };
}

export type HostFiles = Awaited<ReturnType<ReturnType<typeof hostMaker>>>;

/** Lets skopeo pull it; what it says when it fails for another reason fails the test. */
export async function pull(
  skopeo: Peer,
  { reference, architecture = 'amd64' }: HostCase,
  { policy, registries, out }: HostFiles,
): Promise<{ verdict: Verdict; said: string }> {
  const platform = ['--override-os', 'linux', '--override-arch', architecture];
  const host = ['--policy', policy, '--registries.d', registries, ...platform];
  const how = ['--src-tls-verify=false', '--remove-signatures'];
  const from = reference.startsWith('oci:') ? reference : `docker://${reference}`;
  const { status, stderr } = await run(skopeo.program, [
    ...host,
    'copy',
    ...how,
    from,
    `dir:${out}`,
  ]);
  if (status === 0) return { verdict: 'accepted', said: '' };
  if (/Error loading trust policy|invalid policy in|registries\.d|signature storage/.test(stderr))
    return { verdict: 'config', said: stderr };
  if (/Source image rejected|no image found in (image index|manifest list)/.test(stderr))
    return { verdict: 'refused', said: stderr };
  throw new Error(`skopeo failed otherwise: ${stderr}`);
}

/** What we say of the same. */
export async function foretell(
  { reference, architecture = 'amd64' }: HostCase,
  files: HostFiles,
): Promise<{ verdict: Verdict; said: string; simulation?: Simulation }> {
  const root = openDirectoryTree('/');
  const parsed = parseReference(reference);
  const name = parsed.kind === 'remote' ? parseImageName(reference) : undefined;
  const subject = name
    ? registrySubject(name, 'docker')
    : pathSubject(parsed.kind === 'remote' ? '' : parsed.path, 'oci');
  try {
    const host = await readHost(root, {
      policies: [{ tree: root, path: files.policy }],
      registries: [{ tree: root, path: files.registries }],
    });
    const platform = { os: 'linux', architecture };
    const reader = openRepository(parsed, { env: {}, cwd: '/' });
    const terms = { host, subject, platform, now: new Date() };
    const simulation = await simulate(reader, versionOf(parsed), terms);
    const verdict = simulation.accepted ? 'accepted' : 'refused';
    return { verdict, said: simulation.reason, simulation };
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'config')
      return { verdict: 'config', said: error.message };
    throw error;
  }
}
