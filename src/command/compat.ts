import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { versionOfRelease } from '../kernel/release.ts';
import { OPENZFS_REPOSITORY, openGithub, tokenFor } from '../source/openzfs/github.ts';
import { refreshTable } from '../source/openzfs/refresh.ts';
import { rangeOfRelease, unknownRelease } from '../source/openzfs/table.ts';
import { COMPAT_FILE, readCompatTable, writeCompatTable } from '../source/openzfs/table-file.ts';
import { LockstepError } from '../system/error.ts';
import type { Context } from './context.ts';
import { contextOf, printJson } from './options.ts';
import { compatAnswer, compatText, refreshText } from './render/compat.ts';

const EXAMPLES = `
Prints which kernels each release of OpenZFS supports, line by line, the newest of a line first. A
table comes with lockstep; a project's own, which \`lockstep compat refresh\` makes, goes before it.
Exit status 1 when no release listed fits the kernel, or when the release asked for is not known.

Examples:
  $ lockstep compat
  $ lockstep compat --line 2.3
  $ lockstep compat --kernel 6.18
  $ lockstep compat --release 2.3.5 --kernel 6.18.4-200.fc43.x86_64
  $ lockstep compat refresh`;

const REFRESH_EXAMPLES = `
Reads META at the tag of every release, one request at a time, and writes ${COMPAT_FILE} into the
folder of the project, where it goes before the table that comes with lockstep. What is known from a
tag is not asked for again, so an interrupted refresh goes on where it stopped. GITHUB_TOKEN raises
the rate limit, which without one is at 60 requests an hour.

Examples:
  $ lockstep compat refresh
  $ lockstep compat refresh -o table.json --all`;

const refresh = commonOptions(new Command('refresh'))
  .summary('make the table anew from every release of OpenZFS')
  .description('Makes the compatibility table from META of every release of OpenZFS.')
  .option('-o, --output <file>', 'where to write it, from the folder of the project', COMPAT_FILE)
  .option('--all', 'ask for every release, also for those that are known')
  .option('--releases <address>', 'the repository in the API of GitHub', OPENZFS_REPOSITORY)
  .addHelpText('after', REFRESH_EXAMPLES)
  .action(async (options, self) => {
    const { C, json } = self.optsWithGlobals();
    const context = contextOf({ C, json });
    const path = resolve(context.cwd, options.output);
    const known = options.all ? [] : await knownAt(path, context.cwd);
    const result = await refreshTable(githubOf(context, options.releases), {
      now: context.now,
      known,
      onProgress: (done, all, version) => context.stderr.write(`${done}/${all} zfs-${version}\n`),
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
  });

export const command = commonOptions(new Command('compat'))
  .summary('tell which kernels each release of OpenZFS supports')
  .description('Prints which kernels each release of OpenZFS supports.')
  .option(
    '--kernel <release>',
    'tell which releases fit this kernel: 6.18, or as uname -r prints it',
  )
  .option('--line <line>', 'only releases of this line: 2.3')
  .option('--release <version>', 'only this release: 2.3.5')
  .addHelpText('after', EXAMPLES)
  .addCommand(refresh)
  .action(async (options) => {
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
    else context.stdout.write(`${compatText(answer, findings)}\n`);
    const fits = answer.releases.some((one) => one.fits !== false);
    if (!fits) process.exitCode = 1;
  });

function commonOptions(command: Command) {
  return command
    .option('-C <dir>', 'work in this folder instead of the current one')
    .option('--json', 'print one JSON document on standard output and nothing else there');
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
