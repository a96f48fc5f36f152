import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageFacts } from '../../package/package-facts.ts';
import { readRpm } from '../../package/rpm.ts';
import { readRpmHead } from '../../package/rpm-file.ts';
import type { KmodsPackage } from '../image/image.ts';
import { MENDS_FILE, parseMends } from '../image/mend.ts';
import { identityOf, placeRpm } from './place.ts';

/** The packages that a build left in a folder, each with its place, by their headers. */
export async function collectRpms(folder: string): Promise<KmodsPackage[]> {
  const names = await readdir(folder);
  const mends = names.includes(MENDS_FILE)
    ? parseMends(await readFile(join(folder, MENDS_FILE), 'utf8'))
    : [];
  const packages: KmodsPackage[] = [];
  for (const name of names.filter((one) => one.endsWith('.rpm')).sort()) {
    const path = join(folder, name);
    const { facts, isSource } = await readRpmFile(path);
    const mended = isSource ? [] : mends.filter((mend) => mend.package === facts.name);
    packages.push({
      path,
      folder: placeRpm(facts, isSource),
      identity: identityOf(facts),
      ...(mended.length > 0 ? { mends: mended } : {}),
    });
  }
  return packages;
}

/** The header of a package, and whether it is one of sources. Throws `invalid-content`. */
export async function readRpmFile(
  path: string,
): Promise<{ facts: PackageFacts; isSource: boolean }> {
  const head = await readRpmHead(path);
  return { facts: readRpm(head), isSource: isSourceRpm(head) };
}

/** The type in the lead (rpm: docs/manual/format_lead.md): 0 for what is installed, 1 for sources. */
export function isSourceRpm(bytes: Uint8Array): boolean {
  return bytes[6] === 0 && bytes[7] === 1;
}
