import { parseControl } from '../../../package/control.ts';
import { LockstepError } from '../../../system/error.ts';
import type { PackageSet } from '../apt/package-set.ts';

/**
 * Compares dpkg's status file with the set that should have been installed: the same names,
 * versions and architectures, each configured. Throws `program-failed` naming what differs.
 */
export function checkInstalled(set: PackageSet, status: string): void {
  const installed = new Set(
    parseControl(status).map((stanza) => {
      const { package: name, version, architecture, status: state } = stanza;
      return describe({ name, version, architecture }, state === 'install ok installed');
    }),
  );
  const wanted = new Set(set.packages.map((pinned) => describe(pinned, true)));
  const missing = [...wanted.difference(installed)].map((one) => `missing ${one}`);
  const extra = [...installed.difference(wanted)].map((one) => `unasked ${one}`);
  const wrong = [...missing, ...extra];
  if (wrong.length === 0) return;
  const shown = wrong.slice(0, 8).join(', ');
  throw new LockstepError('program-failed', `the root is not what was pinned: ${shown}`, {
    hint: 'a package script may have failed; see the log of mmdebstrap',
  });
}

function describe(
  one: { name?: string; version?: string; architecture?: string },
  configured: boolean,
): string {
  return `${one.name} ${one.version} ${one.architecture}${configured ? '' : ' (unconfigured)'}`;
}
