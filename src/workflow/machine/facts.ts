import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { MachineFacts } from './prepare.ts';
import { NAMESPACES } from './prepare.ts';

/** What GitHub's machines hold for others: the largest folders of actions/runner-images. */
const FOR_OTHERS = [
  '/usr/local/lib/android',
  '/usr/share/dotnet',
  '/usr/share/swift',
  '/opt/ghc',
  '/usr/local/.ghcup',
  '/opt/hostedtoolcache/CodeQL',
];

/**
 * Looks at the machine. Folders are up for removal only on machines that GitHub throws away after
 * the job (`RUNNER_ENVIRONMENT`); nobody's own machine is cleared.
 */
export async function lookAtMachine(
  folder: string,
  options: { env: NodeJS.ProcessEnv; packages: readonly string[] },
): Promise<MachineFacts> {
  const { bavail, bsize } = await statfs(folder);
  const isThrownAway = options.env.RUNNER_ENVIRONMENT === 'github-hosted';
  return {
    free: bavail * bsize,
    removable: isThrownAway ? FOR_OTHERS.filter((path) => existsSync(path)) : [],
    kvm: kvmState('/dev/kvm'),
    namespacesClosed: existsSync(NAMESPACES) && readFileSync(NAMESPACES, 'utf8').trim() === '1',
    packages: options.packages,
  };
}

function kvmState(path: string): MachineFacts['kvm'] {
  if (!existsSync(path)) return 'absent';
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return 'usable';
  } catch {
    return 'closed';
  }
}
