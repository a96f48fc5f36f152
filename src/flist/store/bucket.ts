import { LockstepError } from '../../system/error.ts';
import type { StoreAddress } from './address.ts';
import { baseOf, keysOf } from './network.ts';
import { askStore, failed, type StoreConnection } from './request.ts';
import { idOfObject, type StoredObject } from './store.ts';

/** Pages that a list may have: a million objects. */
const MOST_PAGES = 1000;
/** Bytes of a page of a thousand objects with all that a server may say of each. */
const PAGE_LIMIT = 8 << 20;

/**
 * Lists the blocks of a bucket (S3 ListObjectsV2). Throws `registry` for an answer that is not
 * understood or may be cut: what is missing in it would look as if nobody stored it.
 */
export async function listBucket(
  address: StoreAddress,
  connection: StoreConnection,
): Promise<StoredObject[]> {
  const objects = await listObjects(address, '', connection);
  return objects.flatMap(blockOf);
}

/** An object of a bucket by its name below the address of the store. */
export interface NamedObject {
  name: string;
  modified: Date;
}

/** Lists all objects whose names begin so; throws as `listBucket`. */
export async function listObjects(
  address: StoreAddress,
  beginning: string,
  connection: StoreConnection,
): Promise<NamedObject[]> {
  const objects: NamedObject[] = [];
  for await (const page of listPages(address, beginning, connection)) objects.push(...page);
  return objects;
}

/** The same page by page, in the order of the names; what came before it throws may be cut. */
export async function* listPages(
  address: StoreAddress,
  beginning: string,
  connection: StoreConnection,
): AsyncGenerator<NamedObject[]> {
  const [bucket = '', ...rest] = address.path.slice(1).split('/');
  // Objects are named by what the path of an address means.
  const store = rest.length > 0 ? `${decodeURIComponent(rest.join('/'))}/` : '';
  const prefix = `${store}${beginning}`;
  const base = new URL(`${baseOf({ ...address, path: '/' })}/${bucket}`);
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const url = pageUrl(base, prefix, token);
    const { status, body } = await askStore(connection, {
      method: 'GET',
      url,
      keys: keysOf(address),
      limit: PAGE_LIMIT,
    });
    if (status !== 200) throw failed(status, url);
    const found = readPage(Buffer.from(body).toString(), url);
    yield found.objects.flatMap((object) => namedBelow(object, { store, prefix }));
    token = found.next;
    if (token == null) return;
  }
  throw new LockstepError('registry', `${address.shown} holds more than can be listed`);
}

/** Removes one object of a bucket. */
export async function removeObject(
  address: StoreAddress,
  name: string,
  connection: StoreConnection,
): Promise<void> {
  const url = new URL(`${baseOf(address)}/${name}`);
  const { status } = await askStore(connection, { method: 'DELETE', url, keys: keysOf(address) });
  if (![200, 204, 404].includes(status)) throw failed(status, url);
}

function pageUrl(base: URL, prefix: string, token: string | undefined): URL {
  const url = new URL(base);
  url.searchParams.set('list-type', '2');
  if (prefix !== '') url.searchParams.set('prefix', prefix);
  if (token != null) url.searchParams.set('continuation-token', token);
  return url;
}

interface Page {
  objects: { key: string; modified: Date }[];
  next?: string;
}

function readPage(text: string, url: URL): Page {
  const truncated = /<IsTruncated>\s*(true|false)\s*<\/IsTruncated>/.exec(text)?.[1];
  const next = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(text)?.[1];
  if (
    truncated == null ||
    (truncated === 'true') !== (next != null) ||
    !text.includes('</ListBucketResult>')
  )
    throw new LockstepError(
      'registry',
      `the list of ${url.origin}${url.pathname} is not understood`,
    );
  const objects = [...text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(
    ([, inside = '']) => ({
      key: unescapeXml(/<Key>([^<]*)<\/Key>/.exec(inside)?.[1] ?? ''),
      modified: new Date(/<LastModified>([^<]*)<\/LastModified>/.exec(inside)?.[1] ?? ''),
    }),
  );
  return { objects, ...(next == null ? {} : { next: unescapeXml(next) }) };
}

function namedBelow(
  { key, modified }: Page['objects'][number],
  { store, prefix }: { store: string; prefix: string },
): NamedObject[] {
  const isKnown = key.startsWith(prefix) && !Number.isNaN(modified.getTime());
  return isKnown ? [{ name: key.slice(store.length), modified }] : [];
}

function blockOf({ name, modified }: NamedObject): StoredObject[] {
  const id = idOfObject(name);
  return id == null ? [] : [{ name, id, modified }];
}

function unescapeXml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|#39|#34);/g, (whole, name: string) => {
    const known: Record<string, string> = {
      amp: '&',
      lt: '<',
      gt: '>',
      quot: '"',
      apos: "'",
      '#39': "'",
      '#34': '"',
    };
    return known[name] ?? whole;
  });
}
