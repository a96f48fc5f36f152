/** The oldest Node that has all that lockstep uses: zstd and the cache of compiled code. */
const OLDEST = [22, 15] as const;

/** What to tell a user whose Node is too old, undefined when it is not. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `lockstep needs Node ${OLDEST.join('.')} or newer, and this is ${version}`;
}
