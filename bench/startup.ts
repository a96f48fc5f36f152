/**
 * The help of lockstep and of each of its commands, built, against `node -e 0`, whole processes.
 * Goal: at most 2.2 for every one.
 */
import { join } from 'node:path';
import { catalog } from '../src/command/catalog.ts';
import { measureProcess, medianRatio } from './process.ts';

const main = join(import.meta.dirname, '../dist/command/main.js');
const node = process.execPath;

const nothing = async () => (await measureProcess(node, ['-e', '0'])).seconds;

const ratios: { name: string; ratio: number }[] = [];
for (const name of ['', ...catalog.map((entry) => entry.name)]) {
  const help = async () =>
    (await measureProcess(node, [main, ...name.split(' ').filter(Boolean), '--help'])).seconds;
  await help();
  ratios.push({ name: `lockstep ${name}`.trim(), ratio: await medianRatio(15, help, nothing) });
}
ratios.sort((a, b) => b.ratio - a.ratio);
for (const { name, ratio } of ratios)
  process.stdout.write(`startup: ${name} --help takes ${ratio.toFixed(2)} times node -e 0\n`);
process.stdout.write(`startup: the slowest takes ${ratios[0]?.ratio.toFixed(2)} (goal 2.2)\n`);
