/** What there are pins of. */
export const PIN_KINDS = ['action', 'image', 'commit', 'keyring', 'program'] as const;

/** Something of others that the project uses at one exact state, and where that is written. */
export interface Pin {
  kind: (typeof PIN_KINDS)[number];
  /** What people call it: `actions/checkout`, an image with its tag, an address, `lockstep`. */
  name: string;
  /** What it is pinned to: a commit, a digest, the fingerprint of a key, a version. */
  at: string;
  /** What the comment behind it says, or the tag of the image. */
  version?: string;
  file: string;
  line: number;
  column: number;
  /** Where the value stands in the text of the file, and the version that goes with it. */
  range: Range;
  versionRange?: Range;
}

/** From one offset up to but without another. */
export interface Range {
  from: number;
  to: number;
}

/** Where the code of an action or a module is fetched from; undefined for what is in no git repository. */
export function repositoryOf({ kind, name }: Pick<Pin, 'kind' | 'name'>): string | undefined {
  if (kind === 'commit') return name;
  if (kind !== 'action') return undefined;
  if (/^https?:\/\//.test(name)) return name.split('/').slice(0, 5).join('/');
  return `https://github.com/${name.split('/').slice(0, 2).join('/')}`;
}

/** `file:line:col`, as editors take it. */
export function placeOfPin({ file, line, column }: Pick<Pin, 'file' | 'line' | 'column'>): string {
  return `${file}:${line}:${column}`;
}
