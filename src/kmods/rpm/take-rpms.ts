import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeFiles } from '../../container/context.ts';
import { kernelsOf } from '../../package/check-package.ts';
import type { KmodsPackage } from '../image/image.ts';
import { MENDS_FILE, type Mend } from '../image/mend.ts';
import { collectRpms, readRpmFile } from './collect.ts';
import { mendRpm } from './mend-rpm.ts';

export interface TakeRequest {
  files: readonly { name: string; path: string }[];
  /** The kernel that the modules among them are for. */
  kernel: string;
  /** Is made anew; what it holds then is what a build would have left. */
  folder: string;
}

/** Lays out packages that others have built as a build of our own leaves them, mended likewise. */
export async function takeRpms({ files, kernel, folder }: TakeRequest): Promise<KmodsPackage[]> {
  const sound: { name: string; path: string }[] = [];
  const mended: { name: string; bytes: Buffer; mends: Mend[] }[] = [];
  for (const file of files) {
    const { facts } = await readRpmFile(file.path);
    const mend = kernelsOf(facts).length > 0 && mendRpm(await readFile(file.path), kernel);
    if (mend) mended.push({ name: file.name, ...mend });
    else sound.push(file);
  }
  await placeFiles(sound, folder);
  for (const { name, bytes } of mended) await writeFile(join(folder, name), bytes);
  const mends = mended.flatMap((one) => one.mends);
  await writeFile(join(folder, MENDS_FILE), JSON.stringify(mends));
  return collectRpms(folder);
}
