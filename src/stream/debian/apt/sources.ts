import { parseControl, wordsOf } from '../../../package/control.ts';

/** One place that the machine's apt takes packages from. */
export interface AptSource {
  uri: string;
  suite: string;
  components: string[];
  /** Keyrings (paths or fingerprints) or a whole key block; undefined: all that apt trusts. */
  signedBy?: string;
}

/** Reads one-line sources (sources.list(5)); comments and `deb-src` lines are left out. */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, options, uri = '', suite = '', rest] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options ?? '')?.[1];
    return [{ uri, suite, components: wordsOf(rest), signedBy }];
  });
}

/** Reads deb822 sources; each pair of URI and suite is one entry. Disabled ones are left out. */
export function parseDeb822Sources(text: string): AptSource[] {
  return parseControl(text)
    .filter((stanza) => wordsOf(stanza.types).includes('deb'))
    .filter((stanza) => !/^(no|false|0|off|without|disable)$/i.test(stanza.enabled ?? 'yes'))
    .flatMap((stanza) =>
      wordsOf(stanza.uris).flatMap((uri) =>
        wordsOf(stanza.suites).map((suite) => ({
          uri,
          suite,
          components: wordsOf(stanza.components),
          signedBy: stanza['signed-by'] || undefined,
        })),
      ),
    );
}

/** Writes deb822 sources. `Trusted` is never written: what is fetched must be signed. */
export function formatSources(sources: readonly AptSource[], types: readonly string[]): string {
  return sources.map((source) => formatSource(source, types)).join('\n');
}

function formatSource(source: AptSource, types: readonly string[]): string {
  const fields = [
    `Types: ${types.join(' ')}`,
    `URIs: ${source.uri}`,
    `Suites: ${source.suite}`,
    `Components: ${source.components.join(' ')}`,
  ];
  if (source.signedBy) fields.push(`Signed-By: ${source.signedBy.replaceAll('\n', '\n ')}`);
  return `${fields.join('\n')}\n`;
}
