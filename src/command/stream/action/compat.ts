import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { versionOfRelease } from '../../../kernel/version/release.ts';
import { openGithub, tokenFor } from '../../../source/openzfs/github.ts';
import { COMPAT_FILE } from '../../../source/openzfs/places.ts';
import { refreshTable } from '../../../source/openzfs/refresh.ts';
import { rangeOfRelease, unknownRelease } from '../../../source/openzfs/table.ts';
import { readCompatTable, writeCompatTable } from '../../../source/openzfs/table-file.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { type CommonOptions, contextOf, note, printJson } from '../../options/project.ts';
import { compatAnswer, compatText, refreshText } from '../../render/compat.ts';

interface RefreshOptions extends CommonOptions {
  output: string;
  all?: true;
  releases: string;
}

export async function refresh(options: RefreshOptions): Promise<void> {
  const { json } = options;
  const context = contextOf(options);
  const path = resolve(context.cwd, options.output);
  const known = options.all ? [] : await knownAt(path, context.cwd);
  const result = await refreshTable(githubOf(context, options.releases), {
    now: context.now,
    known,
    onProgress: (done, all, version) => note(context, `${done}/${all} zfs-${version}`),
  });
  const { table, failure, added } = result;
  if (!failure || added.length > 0) await writeCompatTable(path, table);
  if (failure) {
    if (added.length > 0) context.stderr.write(`${path} has what was read until now\n`);
    throw failure;
  }
  const counts = path === resolve(context.cwd, COMPAT_FILE);
  if (json) printJson(context, { ...result, file: path });
  else context.stdout.write(`${refreshText(result, path, counts)}\n`);
}

interface CompatOptions extends CommonOptions {
  kernel?: string;
  line?: string;
  release?: string;
}

export async function compat(options: CompatOptions): Promise<void> {
  const context = contextOf(options);
  const { kernel, line, release } = options;
  if (kernel && !versionOfRelease(kernel)) {
    throw new LockstepError('usage', `not a kernel release: ${kernel}`);
  }
  const read = await readCompatTable(context.cwd);
  const answer = compatAnswer(read, { line, release, kernel });
  const unknown = release != null && !rangeOfRelease(read.table, release);
  const findings = unknown ? [unknownRelease(read.table, release)] : [];
  if (options.json) printJson(context, { ...answer, findings });
  else context.stdout.write(`${compatText(answer, findings, context)}\n`);
  const fits = answer.releases.some((one) => one.fits !== false);
  if (!fits) process.exitCode = 1;
}

/** What a table says already that lies where the new one goes, else the one that counts. */
async function knownAt(path: string, project: string) {
  const file = existsSync(path) ? { project: dirname(path), name: basename(path) } : { project };
  return (await readCompatTable(file.project, file.name)).table.releases;
}

function githubOf({ env, now, signal }: Context, repository: string) {
  const token = tokenFor(env, repository);
  return openGithub({ repository, env, now, signal, ...(token && { token }) });
}
