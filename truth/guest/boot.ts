import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../src/system/error.ts';
import { startGuarded } from '../../src/system/process.ts';
import { requireProgram } from '../../src/system/program.ts';
import { temporaryFolder } from '../../src/system/temporary.ts';

export interface BootOptions {
  /** Path of the kernel image. */
  kernel: string;
  /** Path of the initramfs. */
  initramfs: string;
  append: readonly string[];
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** Milliseconds without a word after which a guest counts as stuck, and between two looks. */
const SILENCE = 120_000;
const LOOK = 250;

/**
 * The kernel's own log on the console, with nothing that restarts or waits. QEMU writes the
 * console into a file: a pipe that is not emptied in time would make it drop characters.
 */
const APPEND = [
  'console=ttyS0',
  'ignore_loglevel',
  'printk.time=1',
  'printk.devkmsg=on',
  'oops=panic',
  'panic=-1',
];

/** Starts a guest without KVM, waits until it ends or is stuck, and returns its console. */
export async function boot(options: BootOptions): Promise<string[]> {
  options.signal?.throwIfAborted();
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'console.log');
  const qemu = requireProgram('qemu-system-x86_64', options.env);
  const guarded = startGuarded(qemu, qemuArguments(options, file), { env: options.env });
  guarded.stdin.end();
  guarded.stdout.resume();
  const errors = collect(guarded.stderr);
  const kill = () => guarded.kill();
  const watch = watchGrowth(file, kill);
  options.signal?.addEventListener('abort', kill, { once: true });
  try {
    const status = await guarded.exited;
    options.signal?.throwIfAborted();
    if (status !== 0 && !watch.isStuck()) throw broken(status, await errors);
    return (await readFile(file, 'latin1')).split(/\r*\n/);
  } finally {
    watch.stop();
    options.signal?.removeEventListener('abort', kill);
    guarded.kill();
  }
}

function qemuArguments(options: BootOptions, file: string): string[] {
  const line = [...APPEND, ...options.append].join(' ');
  const machine = '-accel tcg -cpu qemu64 -smp 1 -m 512 -nodefaults -no-user-config -display none';
  return [
    ...machine.split(' '),
    '-no-reboot',
    '-kernel',
    options.kernel,
    '-initrd',
    options.initramfs,
    '-serial',
    `file:${file}`,
    '-append',
    line,
  ];
}

/** Kills a guest whose console has not grown for long. */
function watchGrowth(file: string, kill: () => void) {
  let size = 0;
  let grew = performance.now();
  let stuck = false;
  const look = async () => {
    const now = (await stat(file).catch(() => undefined))?.size ?? 0;
    if (now !== size) grew = performance.now();
    size = now;
    if (performance.now() - grew < SILENCE) return;
    stuck = true;
    kill();
  };
  const timer = setInterval(() => void look(), LOOK);
  return { isStuck: () => stuck, stop: () => clearInterval(timer) };
}

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text = (text + chunk.toString()).slice(-4096);
  return text;
}

function broken(status: number, errors: string): LockstepError {
  return new LockstepError('program-failed', `QEMU exited with ${status}: ${errors.trim()}`);
}
