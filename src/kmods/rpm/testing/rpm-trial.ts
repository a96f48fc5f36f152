import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anRpm } from '../../../package/testing/rpm-builder.ts';
import { packDkms, runInRoom, writeFiles } from '../../../source/testing/builder.ts';
import { runOk } from '../../../system/process.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import type { KmodsPackage } from '../../image/image.ts';
import { type RpmModule, rpmBuildScript } from '../build-script.ts';
import { collectRpms } from '../collect.ts';
import type { RpmTarget } from '../prelude.ts';

export const KERNEL = '6.12.9-200.fc41.x86_64';

/** Files by path. */
export type Tree = Record<string, string | Uint8Array>;

export interface RpmTrial {
  module: Pick<RpmModule, 'kind' | 'version'> & Partial<RpmModule>;
  /** What is in the source: a DKMS source with its dkms.conf, a release, or what lies beside a spec. */
  files: Tree;
  /** Sources of a spec that do not lie beside it. */
  elsewhere?: Tree;
  /** What a DKMS source comes in (default deb). */
  carrier?: 'deb' | 'rpm' | 'tar' | 'tar.gz';
  target?: Partial<RpmTarget>;
  /** Lines of the kernel's configuration. */
  config?: string;
  /** PEM. */
  signing?: { key: string; certificate: string };
}

/** What came of a trial; its packages are there until it is disposed of. */
export interface RpmTrialResult extends AsyncDisposable {
  status: number;
  said: string;
  packages: KmodsPackage[];
}

/** The kernel's build system of a trial only takes away the ending `.in`. */
const KERNEL_MAKEFILE = 'modules:\n\tfor file in $(M)/*.in; do cp $$file $${file%.in}; done\n';

/** Runs the script for a module in a room of the machine's own programs, with rpm's real ones. */
export async function tryRpm(trial: RpmTrial): Promise<RpmTrialResult> {
  const folder = await temporaryFolder();
  const job = join(folder.path, 'job');
  for (const name of ['job/src', 'job/out', 'root']) {
    await mkdir(join(folder.path, name), { recursive: true });
  }
  const headers = join(job, 'modules', KERNEL, 'build');
  await writeFiles(headers, { Makefile: KERNEL_MAKEFILE, '.config': trial.config ?? '' });
  if (trial.signing) {
    const { key, certificate } = trial.signing;
    const signing = { 'key.pem': key, 'certificate.pem': certificate };
    await writeFiles(join(job, 'run/lockstep-signing'), signing);
  }
  const file = await packSource(trial, folder.path, join(job, 'src'));
  const { elsewhere = {} } = trial;
  await writeFiles(join(job, 'src'), elsewhere);
  const files = [file, ...Object.keys(elsewhere)].map((name) => ({ name }));
  const module = { name: 'x', options: [], files, ...trial.module };
  const target = { kernelRelease: KERNEL, jobs: 1, userland: false, ...trial.target };
  await writeFiles(join(job, 'src'), { 'build.sh': rpmBuildScript(module, target) });
  const result = await runInRoom(job, join(folder.path, 'root'));
  const packages = result.status === 0 ? await collectRpms(join(job, 'out/packages')) : [];
  return { ...result, packages, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function packSource(trial: RpmTrial, work: string, to: string): Promise<string> {
  const { files, carrier = trial.module.kind === 'dkms' ? 'deb' : 'tar.gz' } = trial;
  const name = `source.${carrier}`;
  if (carrier === 'deb') {
    const { 'dkms.conf': conf, ...rest } = files;
    await packDkms(join(work, 'tree'), join(to, name), { conf: String(conf), files: rest });
  } else if (carrier === 'rpm') {
    const placed = Object.entries(files).map(([path, text]) => [`/usr/src/x-1/${path}`, text]);
    await writeFile(join(to, name), anRpm({ files: Object.fromEntries(placed) as Tree }));
  } else {
    await writeFiles(join(work, 'release'), files);
    const create = carrier === 'tar' ? '-cf' : '-czf';
    await runOk('tar', [create, join(to, name), '-C', join(work, 'release'), '.']);
  }
  return name;
}
