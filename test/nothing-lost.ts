import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openLayout } from '../src/oci/layout/layout.ts';
import { validateRepository } from '../src/oci/validate.ts';
import { readVerdicts } from '../src/release/record/verdicts.ts';
import type { Project } from './project.ts';

const REPOSITORIES = ['debian-acpi', 'kmods-acpi'];

/** What must hold whenever the program was ended, and however. */
export async function expectNothingLost({ path: folder }: Pick<Project, 'path'>): Promise<void> {
  await expect.poll(() => leftRunning(folder), { timeout: 5000 }).toEqual([]);
  for (const name of REPOSITORIES) {
    const path = join(folder, 'store', name);
    if (existsSync(path)) expect(await validateRepository(openLayout(path))).toEqual([]);
  }
  await expectStableIsProven(join(folder, 'store/debian-acpi'));
}

/** Programs that were started for this project and still run. */
function leftRunning(folder: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const lines = pids.map((pid) => `${pid} ${textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
  return lines.filter((line) => line.includes(folder));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function expectStableIsProven(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const stable = await openLayout(path).resolve('latest');
  if (!stable) return;
  const verdicts = await readVerdicts(openLayout(path), stable.digest);
  const passed = [...verdicts.values()].filter(({ result }) => result === 'pass');
  expect(passed.map(({ gate }) => gate).sort()).toEqual([
    'abi',
    'boot',
    'compat',
    'contents',
    'package',
  ]);
}
