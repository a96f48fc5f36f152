import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpioEnd, cpioEntry } from '../../src/file/cpio-write.ts';
import { LockstepError } from '../../src/system/error.ts';
import { temporaryFolder } from '../../src/system/temporary.ts';
import { readBusybox } from '../../src/vm/busybox.ts';
import { machineFor } from '../../src/vm/machine.ts';
import { boot } from '../guest/boot.ts';
import { programsOf } from '../guest/initramfs.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { ProbingCase } from './case.ts';
import { filesOf, linksOf } from './root.ts';

/** What kmod and the kernel did in the root of a case. */
export interface Probed {
  file: string;
  byName: boolean;
  byDevice: boolean;
  unknownOption: boolean;
  /** What the kernel and kmod wrote. */
  log: string[];
}

/** Cases that are asked in one guest: they have the same arguments for the kernel. */
export interface ProbingGuest {
  kernel: Kernel;
  modules: ReadonlyMap<string, Buffer>;
  cases: readonly ProbingCase[];
}

const FOLDER = 0o040755;
const PROGRAM = 0o100755;
const LINK = 0o120777;
/** Names under which busybox does what the cases and `init.sh` need. */
const APPLETS = 'chroot cut echo false grep mkdir mount reboot rmmod sh true'.split(' ');
const KMOD = ['depmod', 'modinfo', 'modprobe'];

/** Asks a guest of the kernel about each case; answers in the order of the cases. */
export async function probe(guest: ProbingGuest, env: NodeJS.ProcessEnv): Promise<Probed[]> {
  await using folder = await temporaryFolder();
  const initramfs = join(folder.path, 'root.cpio');
  await writeFile(initramfs, await makeRoot(guest, env));
  const append = guest.cases[0]?.arguments?.split(' ') ?? [];
  const lines = await boot({ kernel: guest.kernel.image, initramfs, append, env });
  const answers = readAnswers(lines);
  return guest.cases.map((one, index) => {
    const answer = answers.get(String(index));
    if (answer) return answer;
    throw new LockstepError(
      'bug',
      `the guest did not answer ${one.name}: ${lines.slice(-5).join(' / ')}`,
    );
  });
}

async function makeRoot(guest: ProbingGuest, env: NodeJS.ProcessEnv): Promise<Buffer> {
  const programs = await programsOf(guest.kernel.toolchain, true);
  const files = new Map<string, Uint8Array>();
  for (const [path, content] of programs)
    if (path !== 'init') files.set(`common/${path.replace(/^lib\//, 'usr/lib/')}`, content);
  files.set('init', await readFile(join(import.meta.dirname, 'init.sh')));
  const busybox = await readBusybox(machineFor(await readFile(guest.kernel.image)), env);
  files.set('bin/busybox', busybox);
  files.set('common/bin/busybox', busybox);
  const links = new Map(APPLETS.map((name) => [`common/bin/${name}`, 'busybox']));
  for (const name of KMOD) links.set(`common/bin/${name}`, 'kmod');
  const list = guest.cases.map(({ module }, index) => `${index} ${module}\n`).join('');
  const plain = new Map<string, Uint8Array>([['cases', Buffer.from(list)]]);
  for (const [index, one] of guest.cases.entries()) {
    const { release } = guest.kernel;
    for (const [path, content] of filesOf(one, release, guest.modules))
      plain.set(normal(`c/${index}/${path}`), content);
    for (const [path, target] of linksOf(one, release)) links.set(`c/${index}/${path}`, target);
    links.set(`c/${index}/lib`, 'usr/lib');
  }
  const all = [...files.keys(), ...plain.keys(), ...links.keys(), 'dev/console'];
  return Buffer.concat([
    ...foldersOf(all).map((path) => cpioEntry({ path, mode: FOLDER })),
    cpioEntry({ path: 'dev/console', mode: 0o020600, device: [5, 1] }),
    ...[...files].map(([path, content]) => cpioEntry({ path, mode: PROGRAM }, content)),
    ...[...plain].map(([path, content]) => cpioEntry({ path }, content)),
    ...[...links].map(([path, target]) => cpioEntry({ path, mode: LINK }, target)),
    cpioEnd(),
  ]);
}

/** Paths of cases may lead into the folder of another kernel. */
function normal(path: string): string {
  return join(path);
}

/** Every folder above some paths, those above first. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders].sort();
}

const STAMP = /^.*?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? /;
const MARK = /^@(begin|file|load|loaded|end)\b ?(\S*) ?(.*)$/;

/** Reads the console of a probing guest. */
export function readAnswers(lines: readonly string[]): Map<string, Probed> {
  const answers = new Map<string, Probed>();
  let how = '';
  let current: Probed | undefined;
  for (const line of lines) {
    const text = line.replace(STAMP, '').trimEnd();
    const [, mark, id = '', rest = ''] = MARK.exec(text) ?? [];
    if (mark === 'begin') {
      current = { file: '', byName: false, byDevice: false, unknownOption: false, log: [] };
      answers.set(id, current);
    } else if (!current) continue;
    else if (mark === 'file') current.file = rest;
    else if (mark === 'load') how = rest;
    else if (mark === 'loaded')
      current[how === 'name' ? 'byName' : 'byDevice'] = rest.startsWith('yes');
    else if (!mark) {
      current.log.push(text);
      if (/: unknown parameter '.*' ignored/.test(text)) current.unknownOption = true;
    }
  }
  return answers;
}
