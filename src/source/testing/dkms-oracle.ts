import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../system/temporary.ts';
import { dkmsScript } from '../recipe-dkms.ts';
import { KERNEL, runInRoom, writeFiles } from './builder.ts';
import type { OracleTrial } from './dkms-corpus.ts';

/** What one of the two came to. */
export interface OracleAnswer {
  outcome: 'built' | 'excluded' | 'failed';
  /** Modules by name, with their content. */
  modules: Record<string, string>;
  log: string;
}

export type OracleAnswers = Record<'recipe' | 'dkms', OracleAnswer>;

/** Builds the source in the folder /src/N by both, and leaves what came of it below /out/N. */
const BOTH = `#!/bin/sh
mkdir -p /proc && mount -t proc proc /proc
echo 'ID=debian' > /etc/os-release
PATH=$PATH:/usr/sbin
for n in $(ls -d /src/*/ | xargs -n 1 basename); do
  clean() { rm -rf /usr/src/* /var/lib/dkms /build /etc/dkms /out/modules; mkdir -p /var/lib/dkms; }
  mkdir -p /out/$n/recipe /out/$n/dkms
  clean
  cp /src/$n.config /lib/modules/${KERNEL}/build/.config
  tar -C /src/$n -cf /src/$n.tar .
  (cd / && bash /src/$n.sh) > /out/$n/recipe.log 2>&1
  echo $? > /out/$n/recipe.status
  cp -r /out/modules/. /out/$n/recipe 2> /dev/null
  clean
  cp -a /src/$n/. /
  (cd / && bash /src/dkms build -m x -v 1 -k ${KERNEL} -j 1) > /out/$n/dkms.log 2>&1
  echo $? > /out/$n/dkms.status
  cat /var/lib/dkms/x/1/build/make.log /var/lib/dkms/x/1/*/*/log/make.log >> /out/$n/dkms.log 2> /dev/null
  cp /var/lib/dkms/x/1/${KERNEL}/*/module/*.ko /out/$n/dkms 2> /dev/null
done
exit 0
`;

/** The kernel's build system of a trial only joins files; what dkms looks for of headers is there. */
const HEADERS = {
  Makefile: 'modules:\n\tcat $(M)/*.c > $(M)/$(or $(NAME),x).ko\n',
  'include/here': '',
};

/** Runs the recipe and a dkms (the script itself) over many sources, all in one room. */
export async function askBoth(
  trials: Readonly<Record<string, OracleTrial>>,
  dkms: string,
): Promise<Record<string, OracleAnswers>> {
  await using folder = await temporaryFolder();
  const job = join(folder.path, 'job');
  for (const name of ['job/src', 'job/out', 'root']) {
    await mkdir(join(folder.path, name), { recursive: true });
  }
  await cp(dkms, join(job, 'src/dkms'));
  const names = Object.keys(trials);
  const headers = join(job, 'modules', KERNEL, 'build');
  await writeFiles(headers, HEADERS);
  for (const [at, trial] of Object.values(trials).entries()) {
    await layTrial(job, { name: String(100 + at), trial });
  }
  await writeFile(join(job, 'src/build.sh'), BOTH);
  await runInRoom(job, join(folder.path, 'root'));
  const answers = names.map(async (name, at) => {
    const out = join(job, 'out', String(100 + at));
    return [name, { recipe: await read(out, 'recipe'), dkms: await read(out, 'dkms') }] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}

async function layTrial(job: string, { name, trial }: { name: string; trial: OracleTrial }) {
  const source = Object.entries({ 'a.c': 'code\n', ...trial.files, 'dkms.conf': trial.conf });
  const placed = source.map(([path, text]) => [`usr/src/x-1/${path}`, text]);
  const files = { ...(Object.fromEntries(placed) as Record<string, string>), ...trial.outside };
  await writeFiles(join(job, 'src', name), files);
  await writeFile(join(job, 'src', `${name}.config`), trial.config ?? '');
  const target = { kernelRelease: KERNEL, jobs: 1, experimental: false };
  await writeFile(join(job, 'src', `${name}.sh`), dkmsScript({ ...target, file: `${name}.tar` }));
}

async function read(folder: string, who: keyof OracleAnswers): Promise<OracleAnswer> {
  const text = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '');
  const [status, log] = [Number(await text(`${who}.status`)), await text(`${who}.log`)];
  const names = await readdir(join(folder, who)).catch(() => []);
  const modules = names.map(async (name) => [name, await text(join(who, name))] as const);
  const excluded = who === 'dkms' ? status === 77 : log.includes('is excluded by dkms.conf');
  const outcome = status === 0 ? 'built' : excluded ? 'excluded' : 'failed';
  return { outcome, modules: Object.fromEntries(await Promise.all(modules)), log };
}
