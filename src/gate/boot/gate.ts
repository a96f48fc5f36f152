import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../system/finding.ts';
import { type AcceleratorChoice, chooseAccelerator } from '../../vm/accelerator.ts';
import { makeRootDisk, makeSpareDisk } from '../../vm/disk.ts';
import { runGuest } from '../../vm/guest.ts';
import type { GuestChannel } from '../../vm/guest-words.ts';
import type { Accelerator } from '../../vm/machine.ts';
import { type GuestStep, readReport } from '../../vm/report.ts';
import type { Scenario } from '../../vm/scenario.ts';
import { type GuestStart, writeGuestStart } from './guest-start.ts';
import { judge } from './judge.ts';
import { inLoadOrder } from './load-order.ts';
import type { BootSubject } from './subject.ts';

export interface BootGateOptions {
  /** The kernel release to boot; the image may hold others. */
  kernel: string;
  subject: BootSubject;
  scenario: Scenario;
  /** Modules that the scenario is to look at; it gets those first that others of them need. */
  modules: readonly string[];
  /** Folder for disks and the console; only `console.log` stays. */
  folder: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Asked for with a probe guest when not given. */
  accelerator?: Accelerator;
  /** Called with each line of the guest as it comes. */
  onLine?: (line: string, from: GuestChannel) => void;
  /** Called when it is known what runs the guest. */
  onAccelerator?: (choice: AcceleratorChoice) => void;
}

export interface BootGateResult {
  /** The kernel release and the name of the scenario, as asked for. */
  kernel: string;
  scenario: string;
  findings: Finding[];
  accelerator: Accelerator;
  /** Why it is this accelerator. */
  reason: string;
  /** Path of the kept console. */
  console: string;
  steps: GuestStep[];
}

const CPUS = 2;

/**
 * Boots an image's own kernel on its own root and runs a scenario there. Whatever goes wrong
 * with the guest is a finding; what goes wrong on this side of it is thrown.
 */
export async function bootGate(options: BootGateOptions): Promise<BootGateResult> {
  await mkdir(options.folder, { recursive: true });
  const work = join(options.folder, 'guest');
  await rm(work, { recursive: true, force: true });
  await mkdir(work);
  try {
    const modules = await inLoadOrder(options.subject.tree, options.kernel, options.modules);
    const start = await writeGuestStart(work, { ...options, modules });
    const { choice, guest, console } = await runInGuest(options, start, work);
    const report = readReport(guest.verdict);
    const { kernel, scenario } = options;
    const hint = `the whole console is in ${console}`;
    const judged = judge({ guest, report, kernel, scenario });
    const findings = judged.map((finding) => ({ hint, ...finding }));
    const { steps } = report;
    return { kernel, scenario: scenario.name, findings, ...choice, console, steps };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Starts the guest while its root disk is still being made: most of its start needs none. */
async function runInGuest(options: BootGateOptions, start: GuestStart, work: string) {
  const { env, signal, subject, scenario, onLine } = options;
  const place = join(work, 'root.squashfs');
  await using root = await makeRootDisk(place, subject.rootTar(), { env, signal });
  const choice = options.accelerator
    ? { accelerator: options.accelerator, reason: 'asked for' }
    : await chooseAccelerator({ ...start, env, signal });
  options.onAccelerator?.(choice);
  const { memory, deadline, silence, devices } = scenario;
  const disks = [root, ...(await spareDisks(scenario, work))];
  const hardware = {
    ...start,
    accelerator: choice.accelerator,
    disks,
    devices,
    memory,
    cpus: CPUS,
  };
  const console = join(options.folder, 'console.log');
  const watch = {
    deadline,
    silence,
    awaits: root.whole,
    append: appendFor(scenario),
    console,
    env,
    signal,
    onLine,
  };
  return { choice, console, guest: await runGuest({ ...hardware, ...watch }) };
}

/**
 * `load_module` goes by what the kernel says that an init returned. It then says so of each of its
 * own at the start too, which takes time that other scenarios are spared.
 */
function appendFor({ script }: Scenario): string[] {
  return /\bload_module\b/.test(script) ? ['initcall_debug'] : [];
}

function spareDisks({ disks, diskSize }: Scenario, work: string) {
  const places = Array.from({ length: disks }, (_, index) => join(work, `spare-${index}.raw`));
  return Promise.all(places.map((place, index) => makeSpareDisk(place, diskSize, index)));
}
