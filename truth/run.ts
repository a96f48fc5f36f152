import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Subject } from './cases/case.ts';
import type { Pair } from './comparison/compare.ts';
import { archiveKernel } from './kernels/archive-kernel.ts';
import type { Kernel } from './kernels/kernel.ts';
import { DEFAULT_CACHE, openPlace, type Place } from './kernels/place.ts';
import { FEW, SELECTIONS } from './kernels/selection.ts';
import { SMALL_CONFIGS } from './kernels/small-config.ts';
import { smallKernel } from './kernels/small-kernel.ts';
import { allCases, enforcedCases, measure } from './measure.ts';
import { measureProbing, type Probing } from './probing/measure.ts';
import { prepare } from './subjects.ts';
import { gateTruthPage } from './table/markdown.ts';

const HELP = `npm run truth -- [--few | --probings] [--remember] [--cache DIR] [--pairs FILE]
                      [--page FILE]

Loads modules into real kernels and compares what they do with what the gate said.
The first run builds four small kernels, which the cache keeps: a few minutes each, and ten each
of the two with type information, on two processors.

  --few          two kernels of the archive only, as in the tests
  --probings     modprobe.d and depmod.d only, by the kmod of each suite
  --remember     take what kernels answered before for the same bytes
  --cache DIR    where kernels, compilers and builds are kept (default ~/.cache/lockstep-truth)
  --pairs FILE   write every pair as JSON
  --page FILE    write the page (default docs/gate-truth.md; with --few none)
`;

const { values: options } = parseArgs({
  options: {
    few: { type: 'boolean', default: false },
    probings: { type: 'boolean', default: false },
    remember: { type: 'boolean', default: false },
    cache: { type: 'string', default: DEFAULT_CACHE },
    pairs: { type: 'string' },
    page: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  await using place = await openPlace(options.cache, process.env);
  if (options.probings) return reportProbings(await probeSuites(place));
  const subjects = await prepareAll(place);
  const pairs: Pair[] = [];
  for (const subject of subjects) pairs.push(...(await measureSubject(subject, subjects)));
  const kernels = subjects.map(({ kernel }) => kernel);
  const page = options.page ?? (options.few ? undefined : 'docs/gate-truth.md');
  if (page) await writeFile(page, gateTruthPage({ kernels, pairs }));
  if (options.pairs) await writeFile(options.pairs, JSON.stringify(pairs, null, 1));
  report(pairs);
  reportProbings(await probeAll(kernels));
}

/** On the first kernel of each suite that is selected. */
async function probeSuites(place: Place): Promise<Probing[]> {
  const bySuite = Map.groupBy(SELECTIONS, ({ suite }) => suite);
  const kernels: Kernel[] = [];
  for (const [selection] of bySuite.values())
    if (selection) kernels.push(await archiveKernel(selection, place));
  return probeAll(kernels);
}

async function prepareAll(place: Place): Promise<Subject[]> {
  const subjects: Subject[] = [];
  const add = async (kernel: ReturnType<typeof archiveKernel>) => {
    subjects.push(await prepare(await kernel));
    say(`${subjects.at(-1)?.kernel.release}: family built`);
  };
  for (const selection of options.few ? FEW : SELECTIONS)
    await add(archiveKernel(selection, place));
  for (const config of options.few ? [] : SMALL_CONFIGS) await add(smallKernel(config, place));
  return subjects;
}

async function measureSubject(subject: Subject, all: readonly Subject[]): Promise<Pair[]> {
  const { kernel } = subject;
  const memory = options.remember ? join(options.cache, 'answers') : undefined;
  const how = { env: process.env, memory };
  const cases = await allCases(subject, all);
  const pairs = await measure(subject, cases, { ...how, enforced: false });
  if (!kernel.signer) {
    const more = await enforcedCases(subject, all);
    pairs.push(...(await measure(subject, more, { ...how, enforced: true })));
  }
  const wrong = pairs.filter(({ disagreement }) => disagreement).length;
  say(`${kernel.release}: ${pairs.length} pairs, ${wrong} disagreements`);
  return pairs;
}

/** modprobe.d and depmod.d, by the kmod of each suite, on one kernel of it. */
async function probeAll(kernels: readonly Kernel[]): Promise<Probing[]> {
  const ofArchive = kernels.filter(({ origin }) => !origin.startsWith('built'));
  const found: Probing[] = [];
  for (const [kernel] of Map.groupBy(ofArchive, ({ origin }) => origin).values()) {
    if (!kernel) continue;
    const probings = await measureProbing(kernel, process.env);
    say(`${kernel.release}: ${probings.length} roots for modprobe`);
    found.push(...probings);
  }
  return found;
}

function reportProbings(probings: readonly Probing[]): void {
  const wrong = probings.filter(({ disagrees }) => disagrees);
  for (const { kernel, name, gate, guest } of wrong)
    say(`${kernel}: ${name}: guest ${JSON.stringify(guest)}, gate ${JSON.stringify(gate)}`);
  say(`${probings.length} roots for modprobe, ${wrong.length} disagreements`);
  if (wrong.length > 0) process.exitCode = 1;
}

function report(pairs: readonly Pair[]): void {
  const wrong = pairs.filter(({ disagreement }) => disagreement);
  for (const pair of wrong) {
    const { kernel, enforced, name, kernelDid, words, gateSaid, rules } = pair;
    const where = enforced ? `${kernel} (enforced)` : kernel;
    say(`${pair.disagreement}: ${where}: ${name}`);
    say(`  kernel ${kernelDid} (${pair.errno}) ${words.slice(0, 2).join(' / ')}`);
    say(`  gate   ${gateSaid}, ${pair.verdict} ${[...rules, ...pair.stricter].join(', ')}`);
  }
  say(`${pairs.length} pairs, ${wrong.length} disagreements`);
  if (wrong.length > 0) process.exitCode = 1;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
