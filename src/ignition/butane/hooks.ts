import { bytesOfText, textOfBytes } from '../text/scalar.ts';
import type { ButaneResource, Contents } from './config.ts';
import { dataUrl } from './data-url.ts';
import { type Hook, withFiles } from './translate.ts';

/** Contents that stand in the document itself or in a local file. */
const resource: Hook = (from, to, { path, translation }) => {
  const { inline, local, compression } = from as ButaneResource;
  const { origins } = translation;
  const embed = (contents: Buffer, field: string) => {
    const made = dataUrl(contents, compression);
    to.source = made.source;
    origins.field(to, 'source', [...path, field]);
    if (made.compression == null) return;
    to.compression = made.compression;
    origins.field(to, 'compression', [...path, field]);
  };
  if (local != null) {
    const contents = withFiles(translation, [...path, 'local'], (files) => files.read(local));
    if (contents) embed(contents, 'local');
  }
  if (inline != null) embed(bytesOfText(inline), 'inline');
};

/** A unit, or a drop-in, from a local file. */
const unit: Hook = (from, to, { path, translation }) => {
  const { contents_local: local } = from as Contents;
  if (!local) return;
  const at = [...path, 'contents_local'];
  const contents = withFiles(translation, at, (files) => files.read(local));
  if (!contents) return;
  to.contents = textOfBytes(contents);
  translation.origins.field(to, 'contents', at);
};

/** Keys from local files, one a line. */
const user: Hook = (from, to, { path, translation }) => {
  const local = (from.ssh_authorized_keys_local ?? []) as string[];
  if (local.length === 0) return;
  const at = [...path, 'ssh_authorized_keys_local'];
  const keys = [...((to.sshAuthorizedKeys ?? []) as string[])];
  for (const [index, file] of local.entries()) {
    const own = from.ssh_authorized_keys as string[] | undefined;
    for (const [known] of (own ?? []).entries())
      translation.origins.field(keys, known, [...path, 'ssh_authorized_keys', known]);
    const contents = translation.files
      ? withFiles(translation, [...at, index], (files) => files.read(file))
      : withFiles(translation, at, () => undefined);
    for (const key of textOfBytes(contents ?? Buffer.alloc(0)).split(/\r?\n/)) {
      if (key === '') continue;
      translation.origins.field(keys, keys.length, [...at, index]);
      keys.push(key);
    }
    if (!translation.files) break;
  }
  to.sshAuthorizedKeys = keys;
  translation.origins.field(to, 'sshAuthorizedKeys', at);
};

/** What every version does beyond one to one; a field that it lacks is never there. */
export const hooks: Readonly<Record<string, Hook>> = {
  Resource: resource,
  Unit: unit,
  Dropin: unit,
  PasswdUser: user,
};
