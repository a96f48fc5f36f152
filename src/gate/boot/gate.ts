import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { type AcceleratorChoice, chooseAccelerator } from '../../vm/accelerator.ts';
import { readBootFiles } from '../../vm/boot-files.ts';
import { readBusybox } from '../../vm/busybox.ts';
import { makeRootDisk, makeSpareDisk } from '../../vm/disk.ts';
import { openDiskFiles } from '../../vm/disk-files.ts';
import { type GuestResult, runGuest } from '../../vm/guest.ts';
import type { GuestChannel } from '../../vm/guest-words.ts';
import { makeInitramfs } from '../../vm/initramfs.ts';
import { type Accelerator, type Machine, machineFor } from '../../vm/machine.ts';
import type { GuestDisk } from '../../vm/qemu.ts';
import { type GuestStep, readReport } from '../../vm/report.ts';
import { GUEST_PARTS, type Scenario } from '../../vm/scenario.ts';
import { judge } from './judge.ts';

export interface BootGateOptions {
  /** The kernel release to boot; the image may hold others. */
  kernel: string;
  /** How messages name what is booted (default "the image"). */
  name?: string;
  /** All files of the image, its kernel among them. */
  rootTar: AsyncIterable<Uint8Array>;
  scenario: Scenario;
  /** Modules that the scenario is to look at. */
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
const MODULE_NAME = /^[A-Za-z0-9_][\w.-]*$/;

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
    const parts = await prepare(options, work);
    const console = join(options.folder, 'console.log');
    const guest = await start(options, parts, console);
    const report = readReport(guest.verdict);
    const { kernel, scenario } = options;
    const hint = `the whole console is in ${console}`;
    const judged = judge({ guest, report, kernel, scenario });
    const findings = judged.map((finding) => ({ hint, ...finding }));
    const { steps } = report;
    return { kernel, scenario: scenario.name, findings, ...parts.choice, console, steps };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface GuestParts {
  machine: Machine;
  choice: AcceleratorChoice;
  kernel: string;
  initramfs: string;
  disks: GuestDisk[];
}

async function prepare(options: BootGateOptions, work: string): Promise<GuestParts> {
  const { env, signal, scenario, name = 'the image' } = options;
  const root = await makeRootDisk(join(work, 'root.squashfs'), options.rootTar, { env, signal });
  const tree = openDiskFiles(root.path, { env, signal, name, scratch: work });
  const files = await readBootFiles(tree, options.kernel);
  const machine = machineFor(files.kernelImage);
  const kernel = join(work, 'vmlinuz');
  const initramfs = join(work, 'initramfs.cpio');
  await writeFile(kernel, files.kernelImage);
  await writeFile(initramfs, await assembleInitramfs(options, machine, files.modules));
  const choice = options.accelerator
    ? { accelerator: options.accelerator, reason: 'asked for' }
    : await chooseAccelerator({ machine, kernel, env, signal });
  options.onAccelerator?.(choice);
  const spares = Array.from({ length: scenario.disks }, (_, index) =>
    makeSpareDisk(join(work, `spare-${index}.raw`), scenario.diskSize, index),
  );
  return { machine, choice, kernel, initramfs, disks: [root, ...(await Promise.all(spares))] };
}

async function assembleInitramfs(
  options: BootGateOptions,
  machine: Machine,
  modules: { name: string; content: Uint8Array }[],
): Promise<Buffer> {
  const [first, second, steps] = await Promise.all(
    ['first.sh', 'second.sh', 'steps.sh'].map((name) => readFile(join(GUEST_PARTS, name))),
  );
  const odd = options.modules.find((name) => !MODULE_NAME.test(name));
  if (odd !== undefined) throw new LockstepError('usage', `not a module's name: ${odd}`);
  return makeInitramfs({
    busybox: await readBusybox(machine, options.env),
    first: first ?? '',
    modules,
    files: {
      'second.sh': second ?? '',
      'steps.sh': steps ?? '',
      'scenario.sh': options.scenario.script,
      'settings.sh': `MODULES='${options.modules.join(' ')}'\n`,
    },
  });
}

function start(options: BootGateOptions, parts: GuestParts, console: string): Promise<GuestResult> {
  const { env, signal, onLine, scenario } = options;
  const { memory, deadline, silence } = scenario;
  const { machine, kernel, initramfs, disks } = parts;
  const { accelerator } = parts.choice;
  const hardware = { machine, accelerator, kernel, initramfs, disks, memory, cpus: CPUS };
  const limits = { deadline, silence };
  return runGuest({ ...hardware, ...limits, append: [], console, env, signal, onLine });
}
