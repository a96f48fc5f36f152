import { loadConfig } from '../../../config/load.ts';
import { LockstepError } from '../../../system/error.ts';
import { didYouMean } from '../../../system/nearest.ts';
import { VERSION } from '../../../system/version.ts';
import { applyFiles, planProject } from '../../../workflow/files.ts';
import type { FileStep } from '../../../workflow/plan.ts';
import { type Extra, extras } from '../../../workflow/project/extra.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { showDifference, showSteps } from '../render/generate.ts';

interface GenerateOptions extends ProjectOptions {
  print?: true;
  force?: true;
  extras?: readonly string[];
}

/** A file, and what became of it. */
interface GeneratedFile {
  path: string;
  action: FileStep['action'];
  /** What is in it, with `--print`. */
  text?: string | undefined;
}

export async function generate(options: GenerateOptions): Promise<void> {
  const context = contextOf(options);
  const config = await loadConfig(context.cwd, options.config);
  const extras = (options.extras ?? []).map(extraNamed);
  const asked = { version: VERSION, extras, force: options.force };
  const steps = planProject(context.cwd, config, asked);
  if (options.print) {
    const files: GeneratedFile[] = steps.filter(({ action }) => action !== 'remove');
    if (options.json) printJson(context, { files: files.map(printed), written: false });
    else for (const { path, text } of files) context.stdout.write(`# ${path}\n${text}\n`);
    return;
  }
  const left = steps.filter(({ action }) => action === 'differs');
  if (left.length === 0) await applyFiles(context.cwd, steps);
  const files: GeneratedFile[] = steps.map(({ path, action }) => ({ path, action }));
  if (options.json) printJson(context, { files, written: left.length === 0 });
  else context.stdout.write(showSteps(steps, left));
  for (const step of left) context.stderr.write(showDifference(step));
  if (left.length > 0) process.exitCode = 1;
}

function printed({ path, action, text }: GeneratedFile): GeneratedFile {
  return { path, action, text };
}

function extraNamed(name: string): Extra {
  const found = extras.find((extra) => extra === name);
  if (found) return found;
  throw new LockstepError('usage', `there is no extra ${name}${didYouMean(name, extras)}`, {
    hint: `there are ${extras.join(', ')}`,
  });
}
