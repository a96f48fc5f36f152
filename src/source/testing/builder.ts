import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run, runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { buildScript } from '../build-script.ts';
import type { SourceKind } from '../module-source.ts';
import { aModuleSource } from './module-source.ts';

export const KERNEL = '6.1.0-56-cloud-amd64';

export interface DkmsTrial {
  /** Its package is called NAME-dkms; default `x`. */
  name?: string;
  /** Text of dkms.conf. */
  conf: string;
  /** Further files of the source, by path. */
  files?: Record<string, string | Uint8Array>;
  /** Lines of the kernel's configuration. */
  config?: string;
  options?: string[];
}

/** What a build came to; modules by name, with their content. */
export interface TrialResult {
  status: number;
  said: string;
  modules: Record<string, string>;
}

/** A root of the machine's own programs in which the paths that a recipe writes are empty. */
const ROOM = `set -e
mount -t tmpfs none "$R"
mkdir -p "$R/usr/src" "$R/usr/lib/modules" "$R/dev" "$R/etc" "$R/src" "$R/out" "$R/tmp" "$R/var/lib"
for place in /usr/bin /usr/sbin /usr/lib64 /usr/share /usr/lib/rpm /usr/lib/gcc /usr/lib/*-linux-gnu; do
  [ -d "$place" ] || continue
  mkdir -p "$R$place" && mount --rbind "$place" "$R$place"
done
for name in bin sbin lib lib64; do ln -s "usr/$name" "$R/$name"; done
mount --rbind /dev "$R/dev"
mount --bind "$JOB/src" "$R/src"
mount --bind "$JOB/out" "$R/out"
cp -r "$JOB/modules/." "$R/usr/lib/modules"
[ ! -d "$JOB/run" ] || cp -r "$JOB/run" "$R"
exec chroot "$R" sh /src/build.sh`;

/** Runs the recipe for a DKMS package against a kernel whose build system only copies. */
export function tryDkms(trial: DkmsTrial): Promise<TrialResult> {
  return tryBuild('dkms', trial, (tree, folder) =>
    packDkms(tree, join(folder, 'x-dkms_1_all.deb'), trial),
  );
}

/** The same for a native Debian source package of these files. */
export function tryDebian(trial: Omit<DkmsTrial, 'conf'>): Promise<TrialResult> {
  return tryBuild('debian', trial, async (tree, folder) => {
    const files = {
      'debian/control':
        'Source: x\nMaintainer: T <t@example.org>\n\nPackage: x\nArchitecture: any\nDescription: x\n',
      'debian/changelog':
        'x (1) unstable; urgency=low\n\n  * x\n\n -- T <t@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n',
      'debian/source/format': '3.0 (native)\n',
      ...trial.files,
    };
    await writeFiles(tree, files);
    await runOk('dpkg-source', ['--build', tree], { cwd: folder });
  });
}

async function tryBuild(
  kind: SourceKind,
  trial: Omit<DkmsTrial, 'conf'>,
  pack: (tree: string, folder: string) => Promise<void>,
): Promise<TrialResult> {
  await using folder = await temporaryFolder();
  const job = join(folder.path, 'job');
  const at = (...parts: string[]) => join(job, ...parts);
  for (const name of ['src', 'out']) await mkdir(at(name), { recursive: true });
  await mkdir(join(folder.path, 'root'));
  const headers = at('modules', KERNEL, 'build');
  await mkdir(headers, { recursive: true });
  await writeFile(join(headers, 'Makefile'), 'modules:\n\tcat $(M)/*.c > $(M)/$(NAME).ko\n');
  await writeFile(join(headers, '.config'), trial.config ?? '');
  await pack(at('tree'), at('src'));
  const source = aModuleSource({ kind, options: trial.options ?? [] });
  const script = buildScript(source, { kernelRelease: KERNEL, jobs: 1 });
  await writeFile(at('src/build.sh'), script);
  const result = await runInRoom(job, join(folder.path, 'root'));
  return { ...result, modules: await readAll(at('out/modules')) };
}

/**
 * Runs `src/build.sh` of a job in a room: `src` and `out` of the job are its `/src` and `/out`,
 * `modules` lies in its `/usr/lib/modules`, `run` is its `/run`. `root` is an empty folder.
 */
export async function runInRoom(
  job: string,
  root: string,
): Promise<Pick<TrialResult, 'status' | 'said'>> {
  const uid = process.getuid?.() === 0 ? [] : ['--map-auto', '--map-root-user'];
  const { status, stdout, stderr } = await run('unshare', [...uid, '--mount', 'sh', '-c', ROOM], {
    env: {
      PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
      SOURCE_DATE_EPOCH: '0',
      R: root,
      JOB: job,
    },
  });
  return { status, said: stdout + stderr };
}

/** Packs a source as NAME-dkms.deb does. */
export async function packDkms(tree: string, deb: string, trial: DkmsTrial): Promise<void> {
  const { name = 'x' } = trial;
  const control = `Package: ${name}-dkms\nVersion: 1\nArchitecture: all\nMaintainer: T <t@example.org>\nDescription: test\n`;
  const source = Object.entries({ ...trial.files, 'dkms.conf': trial.conf });
  const files = {
    'DEBIAN/control': control,
    ...Object.fromEntries(source.map(([path, text]) => [`usr/src/${name}-1/${path}`, text])),
  };
  await writeFiles(tree, files);
  await runOk('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, deb], {
    env: { ...process.env, SOURCE_DATE_EPOCH: '1' },
  });
}

/** Writes files below a folder; scripts may be run. */
export async function writeFiles(
  tree: string,
  files: Record<string, string | Uint8Array>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, name)), { recursive: true });
    await writeFile(join(tree, name), text, {
      mode: Buffer.from(text).toString('latin1', 0, 2) === '#!' ? 0o755 : 0o644,
    });
  }
}

async function readAll(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder).catch(() => []);
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]);
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
}
