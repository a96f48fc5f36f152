/** Writes what `--json` prints as a page for people, from the shapes in the code. */
import type { Shape } from './json-shapes.ts';

const HEAD = `# The documents of \`--json\`

With \`--json\` a command prints exactly one JSON document on standard output, and nothing else there; what goes wrong, usage errors among it, is a document too, under \`error\`. \`schema_version\` is raised when a key goes or gets another meaning; keys may be added without. Keys that are not marked *always* are left out when there is nothing to say. Made from the types of the code; [json.schema.json](json.schema.json) has the same for programs, a JSON Schema for each command under \`$defs\`.
`;

/** The page, with a section for each command. */
export function jsonReference(shapes: Record<string, Shape>): string {
  const sections = Object.entries(shapes).map(([name, shape]) => {
    const title = name === 'error' ? 'Failures' : `lockstep ${name}`;
    return [`## ${title}`, '', '| key | value | |', '|---|---|---|', ...rows(shape, ''), ''].join(
      '\n',
    );
  });
  return [HEAD, ...sections].join('\n');
}

function rows(shape: Shape, path: string): string[] {
  if (shape.anyOf) return [...new Set(shape.anyOf.flatMap((one) => rows(one, path)))];
  if (shape.items) return rows(shape.items, `${path}[]`);
  const known = Object.entries(shape.properties ?? {}).flatMap(([name, member]) => {
    const full = path === '' ? name : `${path}.${name}`;
    const said = [shape.required?.includes(name) ? '*always*' : '', member.description ?? ''];
    const row = `| \`${full}\` | ${typeText(member)} | ${said.filter(Boolean).join(' ')} |`;
    return [row.replaceAll('  |', ' |'), ...rows(member, full)];
  });
  const others = shape.additionalProperties;
  return [...known, ...(others ? rows(others, `${path}.NAME`) : [])];
}

function typeText(shape: Shape): string {
  if (shape.enum) return shape.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (shape.anyOf) return [...new Set(shape.anyOf.map(typeText))].join(' or ');
  if (shape.type === 'array') return `list of ${shape.items ? typeText(shape.items) : 'anything'}`;
  if (shape.type === 'object')
    return shape.additionalProperties
      ? `${typeText(shape.additionalProperties)} by name`
      : 'object';
  if (!shape.type) return 'anything';
  return { string: 'text', number: 'number', boolean: 'true or false', null: 'null' }[shape.type];
}

/** The same as JSON Schema, each document with its version. */
export function jsonSchemas(shapes: Record<string, Shape>): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What lockstep prints with --json, by command',
    $defs: shapes,
  };
}
