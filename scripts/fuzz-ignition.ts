// Builds damaged Butane and reads damaged Ignition.
//
//   node scripts/fuzz-ignition.ts [--inputs 1000000] [--seed 1]
//
// A fault is printed with the seed that makes it again.
import { parseArgs } from 'node:util';
import { tryMutation } from '../src/ignition/testing/mutate.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});
const first = Number(values.seed);
const end = first + Number(values.inputs);
const started = Date.now();
let faults = 0;
let slowest = 0;
for (let seed = first; seed < end; seed++) {
  const before = performance.now();
  const fault = await tryMutation(seed);
  slowest = Math.max(slowest, performance.now() - before);
  if (!fault) continue;
  faults++;
  console.log(JSON.stringify(fault));
}
const seconds = ((Date.now() - started) / 1000).toFixed(0);
const rss = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  `${end - first} inputs, ${faults} faults, ${seconds} s, slowest ${slowest.toFixed(0)} ms, ${rss} MiB`,
);
process.exitCode = faults > 0 ? 1 : 0;
