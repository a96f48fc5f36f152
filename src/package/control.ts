/** One paragraph of a control file: field names in lower case, values with their line breaks. */
export type Stanza = Readonly<Record<string, string>>;

/**
 * Reads control data (deb822(5)): paragraphs of `Field: value` with indented continuation lines.
 * Comment lines and the armour of a clear-signed file are skipped, unreadable lines too: these
 * files are other people's. A line of a single dot stands for an empty line in descriptions and
 * is kept as it is.
 *
 * @example parseControl('Package: hello\nVersion: 1.0\n')[0]?.package // 'hello'
 */
export function parseControl(text: string): Stanza[] {
  const stanzas: Record<string, string>[] = [];
  let current: Record<string, string> | undefined;
  let field = '';
  for (const line of withoutArmour(text).split('\n')) {
    if (line.startsWith('#')) continue;
    if (line.trim() === '') {
      current = undefined;
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (current && field) current[field] += `\n${line.trim()}`;
    } else {
      const colon = line.indexOf(':');
      if (colon <= 0) continue;
      if (!current) stanzas.push((current = fresh()));
      field = line.slice(0, colon).toLowerCase();
      current[field] = line.slice(colon + 1).trim();
    }
  }
  return stanzas;
}

/** The lines of a multi-line field that are not empty. */
export function linesOf(value: string | undefined): string[] {
  return (value ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The words of a field, whatever white space stands between them. */
export function wordsOf(value: string | undefined): string[] {
  return (value ?? '').split(/\s+/).filter((word) => word !== '');
}

/** A field called `__proto__` must be a field like any other. */
function fresh(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}

/** RFC 9580, section 7: a header block until an empty line, then the text, then the signature. */
function withoutArmour(text: string): string {
  const plain = text.replaceAll('\r\n', '\n');
  if (!plain.startsWith('-----BEGIN PGP SIGNED MESSAGE-----')) return plain;
  const start = plain.indexOf('\n\n') + 2;
  const end = plain.indexOf('\n-----BEGIN PGP SIGNATURE-----', start);
  return plain.slice(start, end < 0 ? undefined : end).replaceAll(/^- /gm, '');
}
