/**
 * How long lockstep needs before it does anything, built, against `node -e 0`, whole processes: the
 * help of the program and of each of its commands (goal: at most 2.2 for every one), and a run that
 * finds nothing to do, beyond what the archive takes (goal: at most 10). For the second it wants a
 * project that has been promoted: `bench/startup.ts DIR`, or the quickstart's.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { wholeProgram } from '../src/command/program.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { measureProcess, median, medianRatio } from './measure/process.ts';
import { timedPrograms } from './timed-programs.ts';

const ROOT = join(import.meta.dirname, '..');
const main = join(ROOT, 'dist/main.cjs');
const node = process.execPath;

const nothing = async () => (await measureProcess(node, ['-e', '0'])).seconds;

await measureHelp();
await measureIdle(resolve(process.argv[2] ?? join(ROOT, 'examples/debian-zfs')));

function say(line: string): void {
  process.stdout.write(`startup: ${line}\n`);
}

async function measureHelp(): Promise<void> {
  const program = await wholeProgram();
  const names = program.commands.flatMap((command) => [
    [command.name()],
    ...command.commands.map((part) => [command.name(), part.name()]),
  ]);
  const ratios: { name: string; ratio: number }[] = [];
  for (const name of [[], ...names]) {
    const help = async () => (await measureProcess(node, [main, ...name, '--help'])).seconds;
    await help();
    const ratio = await medianRatio(9, help, nothing);
    ratios.push({ name: ['lockstep', ...name].join(' '), ratio });
  }
  ratios.sort((a, b) => b.ratio - a.ratio);
  for (const { name, ratio } of ratios)
    say(`${name} --help takes ${ratio.toFixed(2)} times node -e 0`);
  say(`the slowest takes ${ratios[0]?.ratio.toFixed(2)} (goal 2.2)`);
}

/** The archive's time is that of the calls of apt, which ask it. */
async function measureIdle(project: string): Promise<void> {
  if (!existsSync(join(project, '.lockstep/runs'))) {
    say(`a run with nothing to do was not measured: ${project} has not been run`);
    return;
  }
  await using folder = await temporaryFolder();
  const timed = await timedPrograms(folder.path, { 'apt-get': '*' });
  const own: number[] = [];
  for (let round = 0; round < 5; round++) {
    const { status, seconds } = await measureProcess(node, [main, 'run', '-C', project], timed);
    if (status !== 0) throw new Error(`lockstep run ended with ${status}`);
    const { 'apt-get': archive = 0 } = await timed.read();
    own.push((seconds - archive) / (await nothing()));
  }
  const ratio = median(own).toFixed(1);
  say(`a run with nothing to do takes ${ratio} times node -e 0 beyond the archive (goal 10)`);
}
