import { LockstepError } from '../../../system/error.ts';
import { lastLines } from '../../../system/process.ts';

/** Words of apt for a server that cannot be reached at all (apt-pkg/acquire, methods/connect). */
const UNREACHABLE =
  /Could not resolve|Temporary failure resolving|Could not connect|Cannot initiate the connection|Connection (failed|timed out|refused)|Network is unreachable|Something wicked happened|certificate|TLS|handshake|Connection reset|Unable to connect|Could not wait for server/i;

/** Words for a file system without room. */
const FULL = /No space left on device|Disk quota exceeded|not enough free (disk )?space/i;

const UNSIGNED =
  /NO_PUBKEY|is not signed|EXPKEYSIG|BADSIG|not trusted|GPG error|sqv|signatures? (were|was) invalid/i;

/** Turns what apt printed into the error that says whose fault it is and which address failed. */
export function aptFailure(action: string, said: string): LockstepError {
  const lines = problemsOf(said);
  const text = `${action}: ${lines.length > 0 ? lines.join('\n') : lastLines(said, 5)}`;
  const uri = /\b(?:https?|ftp|file|copy|tor\+\w+|mirror\+\w+):\/*[^\s'"]+/.exec(
    lines.join(' '),
  )?.[0];
  const context = { uri };
  if (FULL.test(said)) {
    return new LockstepError('disk-full', text, { hint: 'make room and run again', context });
  }
  if (UNREACHABLE.test(lines.join('\n'))) {
    return new LockstepError('network', text, {
      context,
      hint: 'the archive cannot be reached; try again later, or check the proxy settings of apt',
    });
  }
  const hint = UNSIGNED.test(said)
    ? 'install or update the package debian-archive-keyring'
    : "the machine's Debian mirror did not give what it lists; try again later";
  return new LockstepError('archive', text, { context, hint });
}

/** The lines of apt that say what went wrong, each once, without their `E:` and `W:`. */
export function problemsOf(said: string): string[] {
  const lines = said.split('\n').filter((line) => /^(E|W|Err):/.test(line.trim()));
  const useful = lines
    .map((line) => line.trim().replace(/^[EW]: /, ''))
    .filter((line) => !/^(Some index files failed|Download Failed|Err:)/.test(line));
  return [...new Set(useful)].slice(0, 6);
}

/** Suites that the archive turned out not to have, by the words of apt. */
export function missingSuites(said: string): { uri: string; suite: string }[] {
  const found = said.matchAll(
    /The repository '(\S+) (\S+) (?:Release|InRelease)' (?:does not have|no longer has) a Release file/g,
  );
  return [...found].map(([, uri = '', suite = '']) => ({ uri, suite }));
}
