import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildScript } from '../src/source/build-script.ts';
import type { ArchivedSource } from '../src/source/module-source.ts';
import { pooledFile } from '../src/stream/debian/apt/fetch.ts';
import type { Builder } from './builder.ts';
import { runJob } from './room.ts';

/** What one of the two came to with a package. */
export interface Attempt {
  /** `excluded`: the package says that it is not for this kernel. */
  outcome: 'built' | 'excluded' | 'failed';
  /** Names of the modules, without `.ko`. */
  modules: string[];
  /** The whole log. */
  log: string;
}

export interface AttemptRequest {
  builder: Builder;
  /** Those before it in this list are built before it. */
  sources: readonly ArchivedSource[];
  kernelRelease: string;
  pool: string;
  /** Folder of this attempt: `log`, and the modules in `modules`. */
  folder: string;
}

/** Builds a package by the recipe that lockstep uses for streams. */
export async function buildWithLockstep(request: AttemptRequest): Promise<Attempt> {
  const { kernelRelease, sources } = request;
  const scripts = sources.map((source) => buildScript(source, { kernelRelease, jobs: JOBS }));
  const { status, log } = await attempt(
    request,
    'sh /src/1.sh; said=$?; cp -r /out/modules /out/built; exit $said',
    scripts,
  );
  return {
    ...(await settle(request)),
    outcome: outcomeOf(status, /is excluded by dkms\.conf/.test(log)),
    log,
  };
}

const JOBS = 2;

/** The same with the suite's own dkms: the package is unpacked and `dkms build` called. */
export async function buildWithDkms(request: AttemptRequest): Promise<Attempt> {
  const { status, log } = await attempt(
    request,
    DKMS.replaceAll('KERNEL', request.kernelRelease),
    [],
  );
  return { ...(await settle(request)), outcome: outcomeOf(status, status === 77), log };
}

const DKMS = `dpkg --force-all --unpack /src/*.deb > /dev/null || exit
conf=$(dpkg-deb --fsys-tarfile /src/*.deb | tar -t | grep '/usr/src/[^/]*/dkms.conf$' | head -n 1)
name=$(bash -c '. "$1" > /dev/null; echo "$PACKAGE_NAME/$PACKAGE_VERSION"' bash "\${conf#.}")
# Where it was another package's dependency, it is in the builder already.
rm -rf "/var/lib/dkms/\${name%%/*}"
dkms build -m "\${name%%/*}" -v "\${name#*/}" -k KERNEL -j 2
said=$?
cat /var/lib/dkms/$name/build/make.log /var/lib/dkms/$name/KERNEL/*/log/make.log 2> /dev/null
mkdir -p /out/built
find /var/lib/dkms/$name/KERNEL/*/module -name '*.ko*' -exec cp {} /out/built \\; 2> /dev/null
exit $said`;

function outcomeOf(status: number, excluded: boolean): Attempt['outcome'] {
  if (status === 0) return 'built';
  return excluded ? 'excluded' : 'failed';
}

async function attempt(
  { builder, sources, pool, folder }: AttemptRequest,
  script: string,
  scripts: readonly string[],
): Promise<{ status: number; log: string }> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'src'), { recursive: true });
  for (const file of sources.flatMap(({ files }) => files)) {
    await copyFile(pooledFile(pool, file), join(folder, 'src', file.name));
  }
  for (const [at, text] of scripts.entries()) {
    await writeFile(join(folder, 'src', `${at + 1}.sh`), text);
  }
  const { status, stdout, stderr } = await runJob({ root: builder.root, folder, script });
  return { status, log: `${stdout}\n${stderr}` };
}

async function settle({ folder }: AttemptRequest): Promise<Pick<Attempt, 'modules'>> {
  const names = await readdir(join(folder, 'out/built')).catch(() => []);
  await rm(join(folder, 'src'), { recursive: true, force: true });
  return { modules: names.flatMap((name) => /^(.+)\.ko$/.exec(name)?.[1] ?? []).sort() };
}

/** The modules that an attempt left, by their names. */
export async function modulesOf(
  folder: string,
  names: readonly string[],
): Promise<Map<string, Buffer>> {
  const read = names.map(
    async (name) => [name, await readFile(join(folder, 'out/built', `${name}.ko`))] as const,
  );
  return new Map(await Promise.all(read));
}
