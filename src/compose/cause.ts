/** Characters of a cause that are told; the log has the rest. */
const MOST = 300;

/** What systemctl says of a unit that it cannot enable. */
const NO_UNIT = /Failed to enable unit(?:: Unit file|,? unit) (\S+?)(?: does not exist)?\.?$/;

/** Lines of programs that say why, the first of which is the cause. */
const SAYS_WHY =
  /^(?:E: |dpkg: error|error: |Error: |fatal: |Failed to |\S+: (?:error|cannot|not found)|.*: (?:No such file|Permission denied|command not found|not found)$)/;

/** What buildah repeats of a step, the whole of its shell among it, after the program said why. */
const REPEATS = /while running runtime|building at STEP|exit status \d+|error building/;

/** The one line of a log of buildah that says why an image was not composed. */
export function composeCause(log: string): string {
  const lines = log.split('\n').map((line) => line.trim());
  const unit = lines.map((line) => NO_UNIT.exec(line)?.[1]).find(Boolean);
  if (unit) return `there is no unit ${unit}: see image.enable, and the packages that have it`;
  const said = lines.filter((line) => line !== '' && !REPEATS.test(line));
  const cause = said.find((line) => SAYS_WHY.test(line)) ?? said.at(-1) ?? 'buildah said nothing';
  return cause.length > MOST ? `${cause.slice(0, MOST)}...` : cause;
}
