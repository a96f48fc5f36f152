import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { PACKAGE_ROOT } from '../../system/package-root.ts';
import { aFile, filesOfFolder, hasType, type RootFile, type RootFiles } from './root-files.ts';

/** Where the program lies in a root. */
const PLACE = 'usr/lib/lockstep';

/** Nothing of these is read by a program that runs. */
const NOT_RUN =
  /(?:\.d\.[cm]?ts|\.map|\.md|\.test\.ts)$|\/(?:testing|test|tests|docs|node_modules)\//;

/**
 * This program with the Node that runs it and the packages that it needs, as `/usr/bin/lockstep`
 * of a root. The root needs libstdc++ and glibc, at least as new as this Node wants them.
 */
export function programFiles(node: string): RootFiles {
  const { code, main } = ownCode();
  const files: RootFiles = new Map([
    [`${PLACE}/node`, aFile({ file: node, offset: 0, size: statSync(node).size }, 0o755)],
    [`${PLACE}/package.json`, aFile(readFileSync(join(PACKAGE_ROOT, 'package.json')))],
    ['usr/bin/lockstep', aFile(starter(`${code}/${main}`), 0o755)],
    ...runnable(join(PACKAGE_ROOT, code), `${PLACE}/${code}`),
  ]);
  for (const folder of packagesOf(PACKAGE_ROOT))
    for (const [path, file] of runnable(folder, `${PLACE}/${placeOf(folder)}`))
      files.set(path, file);
  return files;
}

/** The folder that holds this code: what is installed, or what is checked out. */
function ownCode(): { code: string; main: string } {
  return import.meta.url.endsWith('.ts')
    ? { code: 'src', main: 'command/main.ts' }
    : { code: 'dist', main: 'main.cjs' };
}

function starter(main: string): string {
  return `#!/bin/sh
exec /${PLACE}/node --disable-warning=ExperimentalWarning --max-semi-space-size=8 /${PLACE}/${main} "$@"
`;
}

function* runnable(folder: string, under: string): Generator<readonly [string, RootFile]> {
  for (const [path, file] of filesOfFolder(folder, under))
    if (hasType(file, 'file') && !NOT_RUN.test(path.slice(under.length))) yield [path, file];
}

/** Where a package lies below this one; as a package of a project it has its own beside it. */
function placeOf(folder: string): string {
  const inside = relative(PACKAGE_ROOT, folder);
  return inside.startsWith('..')
    ? join('node_modules', relative(dirname(PACKAGE_ROOT), folder))
    : inside;
}

/** Folders of the packages that a package needs, and of those that they need. */
function packagesOf(root: string): Set<string> {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = installed(name, folder);
      if (place == null && name in dependencies)
        throw new LockstepError('config', `the package ${name} of lockstep is not installed`);
      if (place == null || found.has(place)) continue;
      found.add(place);
      visit(place);
    }
  };
  visit(root);
  return found;
}

interface PackageManifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

function manifestOf(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
}

/** Where Node finds a package from a folder (nodejs.org/api/modules, "Loading from node_modules"). */
function installed(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
    if (dirname(folder) === folder) return undefined;
  }
}
