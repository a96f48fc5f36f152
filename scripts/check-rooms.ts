/**
 * Guards the floors of docs/architecture.md: of rooms, inside of rooms, and between folders. Fails
 * when it saw fewer modules than there are source files.
 */
import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { runOk } from '../src/system/process.ts';
import { crowded, type FolderImport, mutualFolders } from './folders.ts';

interface Report {
  modules: { source: string; dependencies: { resolved: string }[] }[];
  summary: {
    totalCruised: number;
    violations: { rule: { name: string }; from: string; to: string }[];
  };
}

const GUARDED = ['src', 'truth', 'testbed', 'bench', 'scripts', 'test', 'dkms-survey'];

const sources = globSync(`{${GUARDED.join()}}/**/*.ts`);
const { stdout } = await runOk(
  'depcruise',
  [...GUARDED, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
  { keep: 64 << 20 },
).catch((error: unknown) => ({ stdout: String(error) }));
const { modules, summary } = JSON.parse(stdout) as Report;

const imports: FolderImport[] = modules.flatMap(({ source, dependencies }) =>
  dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
);
const problems = [
  ...summary.violations.map(({ rule, from, to }) => `${from}: ${rule.name}: must not import ${to}`),
  ...mutualFolders(imports),
  ...crowded(sources.filter((path) => path.startsWith('src/'))),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);

const sawAll = sources.length > 0 && summary.totalCruised >= sources.length;
if (!sawAll) process.stderr.write('rooms: not every source file was looked at\n');
const folders = new Set(sources.map((path) => dirname(path)));
process.stdout.write(
  `rooms: ${summary.totalCruised} modules and ${imports.length} imports looked at, ` +
    `${sources.length} source files in ${folders.size} folders, ${problems.length} problems\n`,
);
process.exitCode = sawAll && problems.length === 0 ? 0 : 1;
