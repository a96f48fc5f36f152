import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../src/oci/repository.ts';
import { openImageTree } from '../src/oci/tree/tree.ts';
import { parseControl } from '../src/package/control.ts';
import { runOk } from '../src/system/process.ts';
import { aProject, type Project } from './project.ts';

/** The same project on a fresh machine: its store and what git has, nothing that was fetched. */
export async function aFreshMachine(project: Project, change: object): Promise<Project> {
  const fresh = await aProject({ ...change });
  const files = [join(project.path, 'store'), join(project.path, 'lockstep.lock.json')];
  await runOk('cp', ['-al', ...files, fresh.path]);
  return fresh;
}

/** A configuration of apt that knows no server; its path. */
export async function noUpstream(project: Project): Promise<string> {
  await mkdir(join(project.path, 'apt'));
  await project.write(
    'apt/apt.conf',
    'Dir::Etc::SourceList "/dev/null";\nDir::Etc::SourceParts "/dev/null";\n',
  );
  return join(project.path, 'apt/apt.conf');
}

/** Every package that an image holds, as dpkg in it says. */
export async function packagesIn(repository: Repository, reference: string): Promise<string[]> {
  const tree = await openImageTree(repository, reference);
  const status = Buffer.from(await tree.read('var/lib/dpkg/status')).toString('utf8');
  return parseControl(status).map((stanza) => `${stanza.package} ${stanza.version}`);
}
