import { loadConfig } from '../../../config/load.ts';
import { prepareMachine } from '../../../workflow/machine/apply.ts';
import { lookAtMachine } from '../../../workflow/machine/facts.ts';
import { missingPackages } from '../../../workflow/machine/packages.ts';
import { describeMachine, planMachine } from '../../../workflow/machine/prepare.ts';
import { contextOf, note, type ProjectOptions, printJson } from '../../options/project.ts';

interface PrepareOptions extends ProjectOptions {
  dryRun?: true;
}

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
