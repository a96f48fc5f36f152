import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { installPage } from './install.ts';
import { cannotWrite, writeDocument } from './output.ts';
import { hashOf } from './pointer.ts';

export interface PublicOptions {
  /** The folder, from `cwd`. */
  folder: string;
  cwd: string;
  name: string;
  /** Where the document will be fetched; the page says `https://HOST/NAME` when that is not known. */
  url?: string | undefined;
}

/** The page that tells how streams stand, where one was written before. */
const STATUS_PAGE = 'status.html';

/**
 * Writes the form for static pages: the document, its hash, a page that tells how to install, which
 * leads to the page of the status where that lies beside it.
 */
export async function writePublic(text: string, options: PublicOptions): Promise<void> {
  const { cwd, name, url = `https://HOST/${name}` } = options;
  const folder = resolve(cwd, options.folder);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw cannotWrite(options.folder, cause);
  });
  const hash = hashOf(text);
  const write = (file: string, contents: string) =>
    writeDocument(contents, { path: join(folder, file), cwd, secret: false });
  await write(name, text);
  await write(`${name}.hash`, `${hash}\n`);
  const status = existsSync(join(folder, STATUS_PAGE)) ? STATUS_PAGE : undefined;
  await write('index.html', installPage({ name, url, hash }, status));
}
