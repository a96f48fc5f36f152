import type { IgnitionDocument } from './build.ts';
import { contentsOf } from './contents.ts';
import { keyOf } from './schema/identity.ts';
import type { Fields, Struct, Type, Value } from './schema/type.ts';
import type { Resource } from './spec/config.ts';

/** Everything a document says, by what it says it of: `storage.files[/etc/hostname].mode`. */
export function flatten({ value, version }: IgnitionDocument): Map<string, string> {
  const said = new Map<string, string>();
  const struct = (fields: Fields, type: Struct, at: string): void => {
    if (isResource(type) && fields.source != null) return resource(fields, at);
    for (const [name, field] of type.fields) {
      const inner = fields[name];
      if (inner != null) any(inner, field.type, at === '' ? name : `${at}.${name}`);
    }
  };
  const resource = (from: Resource, at: string): void => {
    const contents = contentsOf(from);
    if (contents == null) said.set(`${at}.source`, from.source ?? '');
    else said.set(at, contents);
    if (contents == null && from.compression) said.set(`${at}.compression`, from.compression);
    if (from.verification?.hash) said.set(`${at}.verification.hash`, from.verification.hash);
    for (const { name, value: text } of from.httpHeaders ?? [])
      said.set(`${at}.httpHeaders[${name}]`, text ?? '');
  };
  const any = (inner: Value, type: Type, at: string): void => {
    if (type.kind === 'struct') struct(inner as Fields, type, at);
    else if (type.kind === 'list') list(inner as Value[], type.item, at);
    else if (typeof inner !== 'object')
      said.set(at, at.endsWith('.mode') ? `0${(inner as number).toString(8)}` : String(inner));
  };
  const list = (items: Value[], item: Type, at: string): void => {
    if (item.kind !== 'struct') {
      if (items.length > 0) said.set(at, items.map(String).join('\n'));
      return;
    }
    for (const [index, one] of items.entries()) {
      const name = isResource(item) ? String(index) : keyOf(one, item) || String(index);
      const here = `${at}[${name}]`;
      said.set(here, '');
      struct(one as Fields, item, here);
    }
  };
  struct(value, version.struct, '');
  return said;
}

/** Older versions have types of their own for documents and certificates that are fetched. */
function isResource({ name }: Struct): boolean {
  return ['Resource', 'ConfigReference', 'CaReference'].includes(name);
}
