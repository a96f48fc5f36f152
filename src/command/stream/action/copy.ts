import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../../config/load.ts';
import { streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { copyProject, type ProjectCopied } from '../../../release/copying/apply.ts';
import { proposeCopy } from '../../../release/copying/observe.ts';
import type { CopyPlan } from '../../../release/copying/plan.ts';
import { repositoriesOf } from '../../../release/copying/repositories.ts';
import { runId } from '../../../release/record/run-name.ts';
import { LockstepError } from '../../../system/error.ts';
import { contextOf, note, type ProjectOptions, printJson } from '../../options/project.ts';
import { rendererFor } from '../../render/choose.ts';
import { showCopied, showCopy } from '../../render/copy.ts';

interface CopyOptions extends ProjectOptions {
  all?: true;
  stream?: string;
  yes?: true;
}

export async function copy(from: string, to: string, options: CopyOptions): Promise<void> {
  requireTwoPlaces(from, to);
  const context = contextOf(options, 'a copy goes on when it is called again');
  const { env, cwd, now } = context;
  const config = await loadConfig(cwd, options.config);
  const streams = streamsNamed(config.streams, options.stream);
  const ends = { from: openRegistry(from, context), to: openRegistry(to, context) };
  const plans = await proposeCopy(repositoriesOf(streams, options), ends, options);
  if (!options.json) context.stdout.write(`${showCopy(plans, context.style)}\n`);
  const apply = {
    ...context,
    ...ends,
    streams,
    // Not ended by Ctrl-C: what moves together must not be torn apart.
    promotionRegistry: openRegistry(to, { env, cwd }),
    project: cwd,
    id: runId(now(), randomBytes(2).toString('hex')),
    emit: rendererFor(context).emit,
  };
  const copied = options.yes && (await copyProject(plans, apply));
  if (options.json) printJson(context, documentOf({ from, to, plans, copied }));
  else if (copied) context.stdout.write(`${showCopied(copied)}\n`);
  else note(context, 'do it with: --yes');
}

function documentOf(one: {
  from: string;
  to: string;
  plans: readonly CopyPlan[];
  copied: ProjectCopied | undefined;
}): object {
  const { from, to, plans, copied } = one;
  return { from, to, repositories: plans, ...(copied && { copied }) };
}

function requireTwoPlaces(from: string, to: string): void {
  const [one, other] = [from, to].map((place) => place.replace(/\/+$/, ''));
  if (one !== other) return;
  throw new LockstepError('usage', `FROM and TO are the same place: ${from}`, {
    hint: 'lockstep copy --help shows examples',
  });
}
