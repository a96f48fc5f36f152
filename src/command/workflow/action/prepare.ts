import { loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { programsOf } from '../../../release/context/preflight.ts';
import { findProgram, PACKAGE_OF, type ProgramName } from '../../../system/program.ts';
import { prepareMachine } from '../../../workflow/machine/apply.ts';
import { lookAtMachine } from '../../../workflow/machine/facts.ts';
import { describeMachine, planMachine } from '../../../workflow/machine/prepare.ts';
import { contextOf, note, type ProjectOptions, printJson } from '../../options/project.ts';

interface PrepareOptions extends ProjectOptions {
  dryRun?: true;
}

/** Programs that others start: containers of ordinary users, indexes of modules, signatures. */
const ALSO: readonly ProgramName[] = ['newuidmap', 'depmod', 'gpgv', 'git', 'tar'];

export async function prepare(options: PrepareOptions): Promise<void> {
  const context = contextOf(options);
  const { streams } = await loadConfig(context.cwd, options.config);
  const packages = missingPackages(streams, context.env);
  const facts = await lookAtMachine(context.cwd, { env: context.env, packages });
  const steps = planMachine(facts);
  if (!options.dryRun) {
    const say = (line: string) => note(context, line);
    const isRoot = process.getuid?.() === 0;
    await prepareMachine(steps, { ...context, isRoot, say });
  }
  const done = steps.map(({ says, command }) => ({ says, command }));
  if (options.json) printJson(context, { facts, steps: done, applied: !options.dryRun });
  else {
    const told = done.length > 0 ? done.map(({ says }) => says) : ['nothing to do'];
    context.stdout.write(`${[...describeMachine(facts), ...told].join('\n')}\n`);
  }
}

function missingPackages(streams: readonly Stream[], env: NodeJS.ProcessEnv): string[] {
  const programs = [...streams.flatMap((stream) => programsOf(stream)), ...ALSO];
  const missing = programs.filter((name) => findProgram(name, env) == null);
  return [...new Set(missing.map((name) => PACKAGE_OF[name]))].sort();
}
