/**
 * Orders two Debian versions (Debian Policy 5.6.12, deb-version(7)): epoch by number, then
 * upstream version, then revision; `~` sorts before everything, even the end.
 * Negative when `a` is the earlier one.
 */
export function compareDebianVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    left.epoch - right.epoch ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

function partsOf(version: string): { epoch: number; upstream: string; revision: string } {
  const match = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/s.exec(version);
  return { epoch: Number(match?.[1] ?? 0), upstream: match?.[2] ?? '', revision: match?.[3] ?? '' };
}

/** Text and number take turns; an absent number is zero. */
function comparePart(a: string, b: string): number {
  const [left, right] = [runsOf(a), runsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x = ['', '0'], y = ['', '0']] = [left[index], right[index]];
    const order = compareText(x[0], y[0]) || compareNumbers(x[1], y[1]);
    if (order !== 0) return order;
  }
  return 0;
}

function runsOf(part: string): [string, string][] {
  const runs = part.matchAll(/([^\d]*)(\d*)/g);
  return [...runs].map(([, text = '', digits = '']) => [text, digits || '0']);
}

function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = weight(a[index]) - weight(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function weight(character: string | undefined): number {
  if (character === '~') return -1;
  if (character == null) return 0;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 0x10000;
}

function compareNumbers(a: string, b: string): number {
  const [x, y] = [BigInt(a), BigInt(b)];
  return x === y ? 0 : x < y ? -1 : 1;
}
