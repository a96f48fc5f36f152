import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../system/testing/random.ts';
import { FLISTS } from './flist-job.ts';

/** Fills a folder with modules and firmware, of which some change from one version to the next. */
export function fillModules(folder: string, version: number): void {
  const modules = join(folder, 'lib/modules', FLISTS.kernel);
  const firmware = join(folder, 'lib/firmware');
  for (const place of [join(modules, 'kernel'), firmware]) mkdirSync(place, { recursive: true });
  for (let at = 0; at < 20; at++)
    writeFileSync(join(modules, `kernel/module-${at}.ko`), contentOf(at, 3000 + at * 1000));
  for (let at = 0; at < 4; at++)
    writeFileSync(join(firmware, `fixed-${at}.bin`), contentOf(100 + at, 600_000));
  writeFileSync(join(modules, 'kernel/fresh.ko'), contentOf(1000 + version, 700_000));
  writeFileSync(join(modules, 'modules.dep'), `version ${version}\n`);
  writeFileSync(join(firmware, 'version'), `${version}\n`);
}

/** Bytes that cannot be compressed, the same for the same number. */
function contentOf(number: number, length: number): Buffer {
  const random = seededRandom(number);
  const bytes = Buffer.alloc(length - (length % 4));
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(random() * 2 ** 32, at);
  return bytes;
}
