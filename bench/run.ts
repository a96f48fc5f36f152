/**
 * The whole of a first run of examples/debian-zfs, then one with nothing to do. Prints what of the
 * first is neither compiling nor installing packages (goal: at most 60 s), what of the second is
 * not the archive's (goal: at most 10 times `node -e 0`) and the most memory that lockstep held (goal: 300 MB).
 * Packages are installed by mmdebstrap and, inside of `buildah bud`, by apt; the rest of that is ours.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../src/system/temporary.ts';
import { measureProcess } from './measure/process.ts';
import { DescendantClock } from './process-tree.ts';
import { timedPrograms } from './timed-programs.ts';

const ROOT = join(import.meta.dirname, '..');
const lockstep = join(ROOT, 'bin/lockstep');

/** Programs whose time is told apart, each with the calls of it that count. */
const TIMED = { mmdebstrap: '*', buildah: '*" run "*', 'apt-get': '*' };

await using folder = await temporaryFolder();
const project = join(folder.path, 'project');
await cp(join(ROOT, 'examples/debian-zfs'), project, {
  recursive: true,
  filter: (path) => !/store|\.lockstep/.test(path),
});
const { env, read: readTimes } = await timedPrograms(folder.path, TIMED);

let composing: DescendantClock | undefined;
const onStart = (pid: number) => {
  composing = new DescendantClock(pid, (line) => line.includes('buildah') && isApt(line));
};
const first = await measureProcess(lockstep, ['run', '-C', project], { env, onStart });
composing?.stop();
const times = await readTimes();
const parts = {
  'installing with mmdebstrap': times.mmdebstrap ?? 0,
  'installing with apt in buildah bud': composing?.seconds ?? 0,
  'compiling with buildah run': times.buildah ?? 0,
};
const others = Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);
say(`first run: exit ${first.status}, ${first.seconds.toFixed(0)} s`);
for (const [what, seconds] of Object.entries(parts)) say(`  ${what} ${seconds.toFixed(1)} s`);
say(
  `first run: everything else ${(first.seconds - others).toFixed(0)} s (goal 60), peak memory ${(first.peak / 1e6).toFixed(0)} MB (goal 300)`,
);

const idle = await measureProcess(lockstep, ['run', '-C', project], { env });
const archive = (await readTimes())['apt-get'] ?? 0;
const nothing = (await measureProcess(process.execPath, ['-e', '0'])).seconds;
const own = idle.seconds - archive;
say(
  `nothing to do: exit ${idle.status}, ${idle.seconds.toFixed(1)} s, the archive's answers ${archive.toFixed(1)} s, own time ${own.toFixed(1)} s, ${(own / nothing).toFixed(1)} times node -e 0 (goal 10)`,
);

/** The program itself: what apt starts has its name before it. */
function isApt(line: readonly string[]): boolean {
  return line.at(-1) === 'apt-get';
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
