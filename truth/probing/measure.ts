import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { temporaryFolder } from '../../src/system/temporary.ts';
import { readTree } from '../cases/tree.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { PROBED, PROBING_CASES, type ProbingCase } from './case.ts';
import { type Foretold, foretell } from './gate.ts';
import { type Probed, probe } from './guest.ts';
import { writeRoot } from './root.ts';

/** One case on one kernel: what kmod and the kernel did, and what the gate had said. */
export interface Probing {
  kernel: string;
  name: string;
  gate: Foretold;
  guest: Omit<Probed, 'log'>;
  log: string[];
  disagrees: boolean;
}

/** Asks the gate and a guest of the kernel about each case and puts the answers side by side. */
export async function measureProbing(
  kernel: Kernel,
  env: NodeJS.ProcessEnv,
  cases: readonly ProbingCase[] = PROBING_CASES,
): Promise<Probing[]> {
  const tree = await readTree(kernel.modulesDir, PROBED);
  const modules = new Map([...tree].map(([name, { module }]) => [name, module]));
  const found: Probing[] = [];
  for (const same of Map.groupBy(cases, (one) => one.arguments ?? '').values()) {
    const answers = await probe({ kernel, modules, cases: same }, env);
    for (const [index, one] of same.entries()) {
      const answer = answers[index];
      if (answer)
        found.push(compare(kernel, one, { gate: await ask(kernel, one, modules), answer }));
    }
  }
  return found;
}

const LIBRARIES = 'usr/lib/x86_64-linux-gnu';

async function ask(
  { release, toolchain }: Kernel,
  one: ProbingCase,
  modules: ReadonlyMap<string, Buffer>,
): Promise<Foretold> {
  await using folder = await temporaryFolder();
  const names = await readdir(join(toolchain.root, LIBRARIES));
  const kmod = names.filter((name) => /^libkmod\.so\.\d+\.\d/.test(name));
  const libraries = kmod.map((name) => `${LIBRARIES}/${name}`);
  await writeRoot(folder.path, one, { release, modules, libraries });
  return await foretell(folder.path, release, one.module);
}

function compare(
  { release }: Kernel,
  { name }: ProbingCase,
  { gate, answer }: { gate: Foretold; answer: Probed },
): Probing {
  const { log, ...guest } = answer;
  const file = guest.file.replace(`/lib/modules/${release}/`, '');
  const seen = { ...guest, file };
  // Where the gate calls it chance, whatever depmod took is right.
  const said = { ...gate, file: gate.file ?? file };
  return {
    kernel: release,
    name,
    gate,
    guest: seen,
    log,
    disagrees: !isDeepStrictEqual(said, seen),
  };
}
