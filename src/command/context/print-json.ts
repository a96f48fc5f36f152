import type { Context } from './context.ts';

/** Version of the documents of `--json`: raised when a key goes or gets another meaning. */
export const SCHEMA_VERSION = 1;

/** Prints the one JSON document of a command (docs/json.md); of a list each entry has the version. */
export function printJson(
  context: Pick<Context, 'stdout'>,
  document: object | readonly object[],
): void {
  const written = Array.isArray(document) ? document.map(versioned) : versioned(document);
  context.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
}

function versioned(document: object): object {
  return { schema_version: SCHEMA_VERSION, ...document };
}
