/**
 * `workflow generate` with nothing to write and `workflow check`, built, against the start of the CLI
 * (its help; goal: at most 2 times); and what is generated for one stream and for eleven, in lines and
 * jobs, beside ublue-os/akmods, whose workflows of 2026-08 are 1,595 lines in 11 files. Then a scheduled
 * run that finds nothing to do (goal: at most 2 s). Time is that of the processor.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { temporaryFolder } from '../src/system/temporary.ts';
import { generateFiles } from '../src/workflow/generate.ts';
import { aProject } from '../src/workflow/testing/project.ts';
import { measureIdleRun } from './idle-run.ts';
import { medianRatio } from './measure/process.ts';
import { runTimed } from './processor-time.ts';

const ROUNDS = 15;
const CONFIG = `version: 1
name: kinoite-zfs
base: { image: "host.example/base:latest" }
builder: { image: "host.example/builder:{os_version}" }
modules: [{ name: zfs, openzfs: "2.4" }]
publish: { registry: host.example/me, image: kinoite-zfs, kmods: kmods-zfs }
ci: { program: lockstep, ignition: butane.yaml }
`;
const main = join(import.meta.dirname, '../dist/main.cjs');

await using folder = await temporaryFolder();
await writeFile(join(folder.path, 'lockstep.yaml'), CONFIG);
const call = async (...args: string[]) =>
  (await runTimed(process.execPath, [main, ...args])).seconds;
const start = () => call('--help');
for (const name of ['generate', 'check']) {
  const work = () => call('workflow', name, '-C', folder.path);
  await work();
  const ratio = await medianRatio(ROUNDS, work, start);
  say(`${name} takes ${ratio.toFixed(2)} times the start of the CLI (goal 2)`);
}
for (const streams of [1, 11]) {
  const files = generateFiles(aProject({ streams, ci: '{ ignition: butane.yaml }' }));
  const workflows = files.filter(({ path }) => path.endsWith('.yml'));
  const lines = workflows.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);
  const jobs = workflows.flatMap(({ text }) => Object.keys((parse(text) as { jobs: object }).jobs));
  say(
    `${streams} streams: ${lines} lines, ${workflows.length} files, ${jobs.length} jobs, none of them written by hand (akmods: 1595 lines, 11 files)`,
  );
}
const idle = await measureIdleRun();
const seconds = idle.reduce((sum, job) => sum + job.seconds, 0);
const jobs = idle.map((job) => `${job.name} ${job.seconds.toFixed(2)} s`).join(', ');
say(`a scheduled run with nothing to do: ${jobs}; together ${seconds.toFixed(2)} s (goal 2)`);

function say(line: string): void {
  process.stdout.write(`workflow: ${line}\n`);
}
