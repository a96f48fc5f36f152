import { compareReleases } from '../kernel/version/release.ts';

/**
 * Orders `EPOCH:VERSION-RELEASE` of RPM packages (rpm-version(7)): epoch by number, none being 0,
 * then version, then release. Negative when `a` is the earlier one.
 */
export function compareEvr(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    left.epoch - right.epoch ||
    compareReleases(left.version, right.version) ||
    compareReleases(left.release, right.release)
  );
}

function partsOf(evr: string): { epoch: number; version: string; release: string } {
  const match = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/s.exec(evr);
  const [, epoch = '0', version = '', release = ''] = match ?? [];
  return { epoch: Number(epoch), version, release };
}
