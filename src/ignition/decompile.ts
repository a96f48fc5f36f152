import { isUtf8 } from 'node:buffer';
import { Document, isScalar, visit } from 'yaml';
import { buildButane, documentText, type IgnitionDocument } from './build.ts';
import { dataUrl } from './butane/data-url.ts';
import { bytesOfResource, withoutGzip } from './contents.ts';
import { sugared } from './decompile-sugar.ts';
import { snake } from './problem/path.ts';
import { ordered } from './schema/encode.ts';
import type { Fields, Struct, Type, Value } from './schema/type.ts';
import type { Resource } from './spec/config.ts';

/** The version of Butane's main variant for each version of Ignition; the newest of several. */
const BUTANE: Record<string, string> = {
  '3.0.0': '1.0.0',
  '3.1.0': '1.1.0',
  '3.2.0': '1.3.0',
  '3.3.0': '1.4.0',
  '3.4.0': '1.5.0',
  '3.5.0': '1.6.0',
  '3.6.0': '1.7.0',
  '3.7.0-experimental': '1.8.0-experimental',
};

/**
 * Readable Butane for an Ignition document: contents in the text, modes in octal, and what Butane
 * has words of its own for in those words. Building it gives a document equal to the first;
 * undefined when Butane cannot say what the document says.
 */
export async function decompile(document: IgnitionDocument): Promise<string | undefined> {
  const wanted = withoutGzip(documentText(document));
  const says = async (config: Fields) => {
    const text = butaneText(config);
    const built = await buildButane([{ file: 'decompiled.bu', text }]);
    const same = built.document && withoutGzip(documentText(built.document)) === wanted;
    return same ? text : undefined;
  };
  let config = butaneOf(document, true);
  let best = await says(config);
  if (best == null) {
    // Butane looks into embedded documents, which Ignition itself fetches as they are.
    config = butaneOf(document, false);
    best = await says(config);
  }
  if (best == null) return undefined;
  for (const step of sugared) {
    const tried = step(config);
    const text = tried ? await says(tried) : undefined;
    if (!tried || text == null) continue;
    config = tried;
    best = text;
  }
  return best;
}

function butaneOf({ value, version }: IgnitionDocument, children: boolean): Fields {
  const { ignition, ...rest } = ordered(value, version.struct);
  const { version: _, ...head } = ignition as Fields;
  const body = { ...(Object.keys(head).length > 0 && { ignition: head }), ...rest };
  const { struct } = version;
  const said = translated(body, struct, (type) => children || type.name !== 'IgnitionConfig');
  return { variant: 'fcos', version: BUTANE[version.version] ?? '', ...(said as Fields) };
}

/** In Butane's names, with contents in the text below structs that allow it. */
function translated(value: Value, type: Type, allows: (type: Struct) => boolean): Value {
  if (type.kind === 'list')
    return (value as Value[]).map((item) => translated(item, type.item, allows));
  if (type.kind !== 'struct') return value;
  const below = allows(type) ? allows : () => false;
  const whole = value as Fields;
  const fields = type.name === 'Resource' && below(type) ? inlined(whole, type) : whole;
  const result: Fields = {};
  for (const [name, inner] of Object.entries(fields)) {
    const field = type.fields.get(name);
    if (inner != null) result[snake(name)] = field ? translated(inner, field.type, below) : inner;
  }
  return result;
}

/** Contents in the text where Butane would make just this of them. */
function inlined(fields: Fields, { fields: known }: Struct): Fields {
  const { source, compression } = fields as Resource;
  const bytes = source == null ? undefined : bytesOfResource(fields);
  if (!bytes || !isUtf8(bytes) || !known.has('source')) return fields;
  const again = dataUrl(bytes);
  const same = again.source === source || compression === 'gzip';
  if (!same || again.compression !== compression) return fields;
  const { source: _, compression: __, ...rest } = fields;
  return { inline: bytes.toString('utf8'), ...rest };
}

const MODES = new Set(['mode', 'file_mode', 'dir_mode']);

function butaneText(config: Fields): string {
  const document = new Document(config, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(value)) return;
      const name = isScalar(key) ? String(key.value) : '';
      if (MODES.has(name) && typeof value.value === 'number') value.format = 'OCT';
      if (typeof value.value === 'string' && value.value.includes('\n'))
        value.type = 'BLOCK_LITERAL';
    },
  });
  return document.toString({ lineWidth: 0, directives: false, indentSeq: true });
}
