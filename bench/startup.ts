/** `lockstep --help` of the built package against `node -e 0`, whole processes. Goal: at most 2. */
import { join } from 'node:path';
import { measureProcess, medianRatio } from './process.ts';

const main = join(import.meta.dirname, '../dist/command/main.js');
const node = process.execPath;

const help = async () => (await measureProcess(node, [main, '--help'])).seconds;
const nothing = async () => (await measureProcess(node, ['-e', '0'])).seconds;

await help();
const ratio = await medianRatio(15, help, nothing);
process.stdout.write(
  `startup: lockstep --help takes ${ratio.toFixed(2)} times node -e 0 (goal 2)\n`,
);
