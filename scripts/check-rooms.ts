/** Guards the floors of the rooms; fails when it saw fewer modules than there are source files. */
import { globSync } from 'node:fs';
import { runOk } from '../src/system/process.ts';

interface Report {
  summary: {
    totalCruised: number;
    violations: { rule: { name: string }; from: string; to: string }[];
  };
}

const sources = globSync('src/**/*.ts');
const { stdout } = await runOk(
  'depcruise',
  ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
  { keep: 64 << 20 },
).catch((error: unknown) => ({ stdout: String(error) }));
const { summary } = JSON.parse(stdout) as Report;
for (const { rule, from, to } of summary.violations) {
  process.stderr.write(`${from}: ${rule.name}: must not import ${to}\n`);
}
const rooms = new Set(sources.map((path) => path.split('/')[1]));
process.stdout.write(
  `rooms: ${summary.totalCruised} modules looked at, ${sources.length} source files in ${rooms.size} rooms, ` +
    `${summary.violations.length} imports against the floors\n`,
);
const sawAll = sources.length > 0 && summary.totalCruised >= sources.length;
if (!sawAll) process.stderr.write('rooms: not every source file was looked at\n');
process.exitCode = sawAll && summary.violations.length === 0 ? 0 : 1;
