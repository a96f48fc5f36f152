import type { Context } from './context.ts';

/** Version of the documents of `--json`: raised when a key goes or gets another meaning. */
export const SCHEMA_VERSION = 1;

/** Prints the one JSON document of a command (docs/json.md). */
export function printJson(context: Pick<Context, 'stdout'>, document: object): void {
  const versioned = { schema_version: SCHEMA_VERSION, ...document };
  context.stdout.write(`${JSON.stringify(versioned, null, 2)}\n`);
}
