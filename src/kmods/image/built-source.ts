import { readFile, stat } from 'node:fs/promises';
import { moduleName } from '../../kernel/module/name.ts';
import { modulesOf } from '../../package/check-package.ts';
import { readDeb } from '../../package/deb.ts';
import type { PackageFacts } from '../../package/package-facts.ts';
import { readRpm } from '../../package/rpm.ts';
import { readRpmHead } from '../../package/rpm-file.ts';
import { LockstepError } from '../../system/error.ts';
import type { KmodsPackage } from './image.ts';
import type { ModuleSets } from './module-sets.ts';

/** What came of one source of modules, for one kernel. */
export interface BuiltSource {
  /** Its name in the configuration. */
  name: string;
  packages: KmodsPackage[];
  /** Its modules by the names that the kernel has for them (`hid_kye`), sorted. */
  modules: string[];
}

/** The modules of each source. */
export function moduleSetsOf(built: readonly BuiltSource[]): ModuleSets {
  return Object.fromEntries(built.map(({ name, modules }) => [name, modules]));
}

/** The packages of a source with the modules in those that are installed. */
export async function builtSource(
  name: string,
  packages: readonly KmodsPackage[],
): Promise<BuiltSource> {
  const installed = packages.filter(({ folder }) => folder === '/');
  const facts = await Promise.all(installed.map(({ path }) => factsOf(path)));
  const paths = facts.flatMap(modulesOf).map(({ path }) => moduleName(path));
  return { name, packages: [...packages], modules: [...new Set(paths)].sort() };
}

/** Largest package of Debian that is read: bytes. */
const LARGEST = 512 << 20;

async function factsOf(path: string): Promise<PackageFacts> {
  if (path.endsWith('.rpm')) return readRpm(await readRpmHead(path));
  const { size } = await stat(path);
  if (size <= LARGEST) return readDeb(await readFile(path));
  throw new LockstepError('invalid-content', `${path} is larger than ${LARGEST} bytes`);
}
