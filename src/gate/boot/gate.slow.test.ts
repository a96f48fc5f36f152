import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTar } from '../../file/tar/tar.ts';
import { TAR_END, tarEntry } from '../../file/tar/write.ts';
import type { FileTree } from '../../file/tree.ts';
import { findSection, readElf } from '../../kernel/elf/elf.ts';
import { aUnifiedImage } from '../../kernel/testing/unified-image.ts';
import { passes } from '../../system/finding.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { findScenario, parseScenario } from '../../vm/scenario.ts';
import { type GuestRoot, guestRoot } from '../../vm/testing/guest-root.ts';
import { treeOf } from '../../vm/testing/tree.ts';
import { type BootGateOptions, bootGate } from './gate.ts';

let root: GuestRoot;
beforeAll(async () => {
  root = await guestRoot();
});

/** Boots the common root with a script as scenario. */
async function boot(script: string, folder: TemporaryFolder, more: Partial<BootGateOptions> = {}) {
  const scenario = parseScenario('test', 'test.sh', `#lockstep version 1\n${script}`);
  return bootGate({
    kernel: root.kernel,
    subject: { tree: root.tree, rootTar: () => root.tar() },
    scenario,
    modules: [],
    folder: folder.path,
    env: process.env,
    accelerator: 'tcg',
    ...more,
  });
}

/** Shell that copies a real module to /run/broken.ko and makes its first instruction invalid. */
async function brokenModule(): Promise<string> {
  const path = `usr/lib/modules/${root.kernel}/kernel/drivers/net/dummy.ko`;
  const code = findSection(readElf(await root.tree.read(path)), '.init.text');
  if (!code) throw new Error('no code');
  return `cp /${path} /run/broken.ko
printf '\\017\\013' | dd of=/run/broken.ko bs=1 seek=${code.offset + 5} conv=notrunc`;
}

/** Without the last byte of its mark the signature, which is wrong now, is not seen. */
const UNSIGN = 'truncate -s -1 /run/broken.ko';

/** The same root with its kernel in a unified image alone. */
async function unified({ kernel, tree }: GuestRoot): Promise<FileTree> {
  const path = `boot/EFI/Linux/debian-${kernel}.efi`;
  const linux = await tree.read(`boot/vmlinuz-${kernel}`);
  const content = aUnifiedImage({ '.uname': kernel, '.linux': linux });
  const isHidden = (one: string) => /vmlinuz/.test(one);
  return {
    name: tree.name,
    async *list(prefix) {
      for await (const entry of tree.list(prefix)) if (!isHidden(entry.path)) yield entry;
      if (path.startsWith(prefix)) yield { path, size: content.length, type: 'file' };
    },
    read: async (one) => (one === path ? content : tree.read(one)),
    async *readMany(paths) {
      yield* tree.readMany(new Set([...paths].filter((one) => !isHidden(one))));
      if (paths.has(path)) yield { path, content };
    },
  };
}

function processesWith(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}

describe('bootGate', () => {
  it('passes a guest that loads and unloads modules of its own kernel', async () => {
    await using folder = await temporaryFolder();
    const scenario = await findScenario('load', []);
    const modules = ['dummy', 'loop'];

    const result = await boot('', folder, { scenario, modules, accelerator: undefined });

    expect(result.findings).toEqual([]);
    expect(result.steps.map(({ name, status }) => `${status} ${name}`)).toEqual([
      'pass modules were given',
      'pass load dummy',
      'pass unload dummy',
      'pass load loop',
      'pass unload loop',
    ]);
    expect(result.reason).toMatch(/KVM|kvm/);
    const console = await readFile(result.console, 'utf8');
    expect(console).toContain(`Linux version ${root.kernel}`);
    expect(console).toContain('# step: load dummy');
    expect(readdirSync(folder.path)).toEqual(['console.log']);
  });

  it('gives a scenario its spare disks and its memory', async () => {
    await using folder = await temporaryFolder();
    const script = `#lockstep disks 2
#lockstep disk-size 64M
#lockstep memory 600M
sizes() {
	set -- $DISKS
	[ $# -eq 2 ]
	for disk; do
		dd if=/dev/zero of=$disk bs=1M seek=63 count=1
		[ "$(cat /sys/block/\${disk##*/}/size)" = 131072 ]
	done
	cat /proc/meminfo
	touch /usr/written
}
step sizes sizes
skip 'the rest' 'quotes " and \\ and
lines'`;

    const result = await boot(script, folder);

    expect(result.findings).toEqual([]);
    expect(result.steps[1]?.message).toBe('quotes " and \\ and lines');
    const memory = /MemTotal: +(\d+) kB/.exec(await readFile(result.console, 'utf8'));
    expect(Number(memory?.[1])).toBeLessThan(600 * 1024);
  });

  it('fails a step with what it printed and why the kernel refused the module', async () => {
    await using folder = await temporaryFolder();
    const script = `${await brokenModule()}\nstep 'load another' insmod /run/broken.ko`;

    const { findings } = await boot(script, folder);

    expect(findings.map(({ rule }) => rule)).toEqual(['boot-step-failed']);
    expect(findings[0]?.found).toMatch(/could not insert module .* rejected/);
  });

  it('fails a guest that panics', async () => {
    await using folder = await temporaryFolder();

    const { findings } = await boot(
      'step crash dd if=/dev/zero of=/dev/null count=1\necho c >/proc/sysrq-trigger',
      folder,
    );

    expect(findings.map(({ rule }) => rule)).toEqual(['boot-panic']);
    expect(findings[0]?.found).toMatch(/not syncing: sysrq triggered crash/);
  });

  it('fails a guest whose module hits a bug, with the trace', async () => {
    await using folder = await temporaryFolder();

    const { findings } = await boot(
      `${await brokenModule()}\n${UNSIGN}\nstep load insmod /run/broken.ko`,
      folder,
    );

    expect(findings.map(({ rule }) => rule)).toContain('boot-oops');
    expect(findings.map(({ rule }) => rule)).toContain('boot-panic');
    expect(findings[0]?.found).toMatch(/RIP: .*init_module.*\[dummy\]/);
  });

  it('does not believe a script that claims success after a bug', async () => {
    await using folder = await temporaryFolder();
    const script = `echo 0 >/proc/sys/kernel/panic_on_oops
${await brokenModule()}
${UNSIGN}
insmod /run/broken.ko
step 'all is well' true`;

    const { findings, steps } = await boot(script, folder);

    expect(steps).toMatchObject([{ name: 'all is well', status: 'pass' }]);
    expect(findings.map(({ rule }) => rule)).toEqual(['boot-oops', 'boot-taint']);
  });

  it('fails a guest that runs out of memory', async () => {
    await using folder = await temporaryFolder();
    // Filling the memory for real sometimes ends in reclaim without end; this calls the same killer.
    const script = `echo f > /proc/sysrq-trigger
step 'all is well' sleep 2`;

    const { findings } = await boot(script, folder);

    expect(findings.map(({ rule }) => rule)).toContain('boot-out-of-memory');
  });

  it('ends a guest that is silent, and names the step', async () => {
    await using folder = await temporaryFolder();

    const { findings } = await boot('#lockstep silence 5s\nstep wait sleep 1000', folder);

    expect(findings).toMatchObject([
      {
        rule: 'boot-silence',
        message: 'the guest said nothing for 5 s during the step "wait"',
        found: expect.stringMatching(/sysrq: Show Blocked State[^]*NMI backtrace for cpu/),
      },
    ]);
  });

  it('ends a guest that goes on and on', async () => {
    await using folder = await temporaryFolder();
    const script =
      '#lockstep deadline 5s\nturn() { while :; do echo round; sleep 1; done; }\nstep turn turn';

    const { findings } = await boot(script, folder);

    expect(findings).toMatchObject([{ rule: 'boot-deadline' }]);
  });

  it('fails an image without a shell', async () => {
    await using folder = await temporaryFolder();
    async function* withoutShell() {
      const folders = [`usr/lib/modules/${root.kernel}/`, 'boot/'];
      for await (const { header, body } of readTar(root.tar())) {
        const path = header.path.replace(/^\.\//, '');
        if (folders.some((wanted) => path.startsWith(wanted))) yield* tarEntry(header, body);
      }
      yield TAR_END;
    }

    const { findings } = await boot('step one true', folder, {
      subject: { tree: root.tree, rootTar: withoutShell },
    });

    expect(passes(findings)).toBe(false);
    expect(findings[0]).toMatchObject({
      rule: 'boot-scenario-failed',
      found: 'lockstep: the image has no /bin/sh',
    });
  });

  it('boots the kernel of a unified image', async () => {
    await using folder = await temporaryFolder();
    const tree = await unified(root);

    const { findings, steps } = await boot('step one uname -r', folder, {
      subject: { tree, rootTar: () => root.tar() },
    });

    expect(findings).toEqual([]);
    expect(steps).toMatchObject([{ name: 'one', status: 'pass' }]);
  });

  it('names what an image lacks that is to be booted', async () => {
    await using folder = await temporaryFolder();
    const tree = { ...treeOf({ 'etc/hostname': 'empty\n' }), name: 'oci:mine' };

    const running = boot('step one true', folder, { subject: { tree, rootTar: () => root.tar() } });

    await expect(running).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(`oci:mine has no usr/lib/modules/${root.kernel}/vmlinuz`),
    });
  });

  it('ends with the signal, and leaves only the console', async () => {
    await using folder = await temporaryFolder();
    const aborter = new AbortController();

    const running = boot('step wait sleep 1000', folder, {
      signal: aborter.signal,
      onLine: (line) => line.includes('# step: wait') && aborter.abort(new Error('enough')),
    });

    await expect(running).rejects.toThrow('enough');
    expect(readdirSync(folder.path)).toEqual(['console.log']);
    await expect.poll(() => processesWith(folder.path), { timeout: 10_000 }).toEqual([]);
  });

  it('leaves no guest behind when lockstep is killed', async () => {
    await using folder = await temporaryFolder();
    const here = import.meta.dirname;
    const source = `
import { bootGate } from '${here}/gate.ts';
import { parseScenario } from '${here}/../../vm/scenario.ts';
import { guestRoot } from '${here}/../../vm/testing/guest-root.ts';
const root = await guestRoot();
const scenario = parseScenario('t', 't.sh', '#lockstep version 1\\nstep wait sleep 1000');
await bootGate({ kernel: root.kernel, subject: { tree: root.tree, rootTar: () => root.tar() }, scenario, modules: [], folder: process.argv[1],
  env: process.env, accelerator: 'tcg', onLine: (line, from) => from === 'console' && console.log(line) });`;
    const lockstep = spawn(process.execPath, ['--input-type=module', '-e', source, folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(lockstep.stdout, 'data');
    expect(processesWith(folder.path).length).toBeGreaterThan(1);

    lockstep.kill('SIGKILL');

    await expect.poll(() => processesWith(folder.path), { timeout: 10_000 }).toEqual([]);
    expect(existsSync(join(folder.path, 'guest'))).toBe(true);
  });
});
