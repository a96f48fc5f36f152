import { configJsonSchema } from './json-schema.ts';

interface Schema {
  type?: string;
  const?: unknown;
  description?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
}

const HEAD = `# lockstep.yaml

Strict: an unknown key, a duplicate key or a wrong value is reported as \`file:line:col: path: message\`, all of them at once. Made from the definition that reads the file; an editor can use [lockstep.schema.json](lockstep.schema.json).

| key | value | default | meaning |
|---|---|---|---|
`;

const TAIL = `
Several streams stand in one file as a list, each with the keys from \`name\` to \`ignition\`; \`ci\` stands beside the list:

\`\`\`yaml
version: 1
streams:
  - name: debian-zfs
    base:
      debian: { suite: bookworm, kernel: linux-image-cloud-amd64 }
    modules:
      - { name: zfs, debian: zfs-linux }
    publish: { registry: "oci:./store", image: debian-zfs, kmods: kmods-zfs }
\`\`\`
`;

/** The page that describes every key, in Markdown. */
export function configReference(): string {
  const [single] = (configJsonSchema() as Schema).anyOf ?? [];
  return HEAD + rowsOf(single ?? {}, '').join('\n') + '\n' + TAIL;
}

function rowsOf(schema: Schema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const full = path === '' ? name : `${path}.${name}`;
    const inner = member.type === 'array' ? (member.items ?? {}) : member;
    const nested = inner.properties
      ? rowsOf(inner, member.type === 'array' ? `${full}[]` : full)
      : [];
    const needed = schema.required?.includes(name) ? 'required' : valueText(member.default);
    const row = `| \`${full}\` | ${typeText(member)} | ${needed} | ${member.description ?? ''} |`;
    return inner.properties ? [...(member.description ? [row] : []), ...nested] : [row];
  });
}

function typeText(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ');
  if (schema.type === 'array') return `list of ${typeText(schema.items ?? {})}`;
  return { string: 'text', boolean: 'true or false' }[schema.type ?? ''] ?? schema.type ?? '';
}

function valueText(value: unknown): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}
