/**
 * Whether two versions are of one upstream release: the same text, or the same without epoch and
 * without what a distribution put behind it (`2.3.2-1~bpo12+1`, `2.3.2-1.fc44` and `2.3.2`).
 */
export function sameUpstream(a: string, b: string): boolean {
  return a === b || upstreamOf(a) === upstreamOf(b);
}

function upstreamOf(version: string): string {
  return version
    .replace(/^v/, '')
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/\+.*$/, '');
}
