/**
 * The boot gate with scenario zfs under TCG, beside the same guest work started by hand: the same
 * kernel, busybox, zpool, zfs and the modules in one bare initramfs, no root disk, no overlay, no
 * channels. What the hand prepares before it starts QEMU is not counted; what the gate prepares is.
 *
 * usage: node bench/boot.ts IMAGE [ROUNDS]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { bootGate } from '../src/gate/boot/gate.ts';
import { type BootSubject, chooseKernel, imageSubject } from '../src/gate/boot/subject.ts';
import { openRepository } from '../src/oci/open/open.ts';
import { absoluteReference, parseReference, versionOf } from '../src/oci/reference.ts';
import { passes } from '../src/system/finding.ts';
import { run } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { machineFor } from '../src/vm/machine.ts';
import { findScenario } from '../src/vm/scenario.ts';
import { bareInitramfs } from './boot-bare.ts';

const GOAL = 1.5;
const [image, rounds = '3'] = process.argv.slice(2);
if (!image) throw new Error('usage: node bench/boot.ts IMAGE [ROUNDS]');

const { env } = process;
const reference = absoluteReference(parseReference(image), resolve('.'));
const repository = openRepository(reference, { env, cwd: resolve('.') });
const version = versionOf(reference);
const first = await imageSubject(repository, version);
const kernel = await chooseKernel(first.tree);
const scenario = await findScenario('zfs', []);

await using folder = await temporaryFolder();
const byHand = await prepareByHand(first, folder.path);
const times = { gate: [] as number[], hand: [] as number[] };
for (let round = 0; round < Number(rounds); round++) {
  times.hand.push(await timed(byHand));
  times.gate.push(await timed(byGate));
}
const [gate, hand] = [Math.min(...times.gate), Math.min(...times.hand)];
const ratio = gate / hand;
const figure = { bench: 'boot', gate, hand, ratio, goal: GOAL, holds: ratio <= GOAL, times };
process.stdout.write(`${JSON.stringify(figure)}\n`);
if (!figure.holds) process.exitCode = 1;

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start) / 1000;
}

async function byGate(): Promise<void> {
  const work = join(folder.path, 'gate');
  const subject = await imageSubject(repository, version);
  const parts = { kernel, subject, scenario, modules: ['zfs'], env };
  const { findings } = await bootGate({ ...parts, folder: work, accelerator: 'tcg' });
  if (!passes(findings)) throw new Error(JSON.stringify(findings, null, 2));
}

/** Writes kernel, initramfs and an empty disk; gives the call of QEMU that one would type. */
async function prepareByHand(subject: BootSubject, place: string): Promise<() => Promise<void>> {
  const path = (name: string) => join(place, name);
  const { kernelImage, initramfs } = await bareInitramfs(subject, { kernel, scenario, place, env });
  await writeFile(path('vmlinuz'), kernelImage);
  await writeFile(path('initramfs'), initramfs);
  const { program, board } = machineFor(kernelImage);
  const args = [
    ['-accel', 'tcg', '-machine', board, '-cpu', 'max', '-smp', '2'],
    ['-m', `${scenario.memory / 2 ** 20}M`, '-display', 'none', '-nodefaults', '-no-reboot'],
    ['-kernel', path('vmlinuz'), '-initrd', path('initramfs')],
    ['-append', 'console=ttyS0 quiet panic=-1', '-serial', `file:${path('console')}`],
    ['-drive', `file=${path('disk')},if=none,id=d,format=raw,cache=unsafe`],
    ['-device', 'virtio-blk-pci,drive=d'],
  ].flat();
  return async () => {
    await run('sh', ['-c', 'rm -f "$1" && truncate -s "$2" "$1"', 'sh', path('disk'), '2G']);
    await run(program, args, { timeout: 300_000 });
    const console = await readFile(path('console'), 'utf8');
    if (!console.includes('by hand: done')) throw new Error(console.slice(-3000));
  };
}
