/** A patch number of 99 marks where a branch begins (`zfs-2.4.99`), not a release. */
const BRANCH_POINT = 99;

const VERSION = /^(?:0|[1-9]\d{0,3})(?:\.(?:0|[1-9]\d{0,3})){2}$/;

/** True for `X.Y.Z` of plain numbers that can be a release. */
export function isReleaseVersion(text: string): boolean {
  return VERSION.test(text) && Number(text.split('.')[2]) !== BRANCH_POINT;
}

/**
 * The version that a tag releases: all of `zfs-X.Y.Z` and nothing else. Candidates (`-rc1`),
 * branch points (`.99`) and tags that only begin like one are none.
 *
 * @example versionOfTag('zfs-2.4.10') // '2.4.10'
 */
export function versionOfTag(tag: string): string | undefined {
  const version = tag.startsWith('zfs-') ? tag.slice(4) : '';
  return isReleaseVersion(version) ? version : undefined;
}

/** The tag of a version. */
export function tagOfVersion(version: string): string {
  return `zfs-${version}`;
}

/** The line of a version: its first two numbers. */
export function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/**
 * Orders versions by their numbers: 2.4.10 is after 2.4.9. What follows the numbers (a packager's
 * `2.1.11-1+deb12u1`) does not count. Negative when `a` is the earlier one.
 */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = (left[at] ?? 0) - (right[at] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
}
