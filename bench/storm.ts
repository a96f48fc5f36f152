/**
 * A thousand promotions through a network that fails at random, with processes killed at random,
 * while a watcher polls the tags that hosts follow. Exit status 1 when it ever saw something else
 * than a whole, audited digest. Arguments: how many promotions (1000), which seed (1).
 */
import { promotionStorm } from '../src/release/testing/storm.ts';

const [promotions = 1000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
const report = await promotionStorm({
  promotions,
  seed,
  faultRate: 0.05,
  killRate: 0.3,
  workers: 2,
  onProgress: (line) => console.log(line),
});
const seconds = ((performance.now() - started) / 1000).toFixed(0);
const { results, faults, looks, moves, problems, failures } = report;
console.log(`${promotions} promotions in ${seconds} s: ${JSON.stringify(results)}`);
console.log(`${faults} faults, ${moves} moves seen in ${looks} looks, ${problems.length} problems`);
for (const problem of problems) console.log(problem);
for (const failure of new Set(failures)) console.log(`a promotion failed: ${failure}`);
process.exitCode = problems.length === 0 ? 0 : 1;
