import { join, resolve } from 'node:path';
import { type BootGateResult, bootGate } from '../../../gate/boot/gate.ts';
import {
  type BootSubject,
  chooseKernel,
  folderSubject,
  imageSubject,
  tarSubject,
} from '../../../gate/boot/subject.ts';
import { LockstepError } from '../../../system/error.ts';
import { passes } from '../../../system/finding.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import { findScenario } from '../../../vm/scenario.ts';
import type { Context } from '../../context/context.ts';
import type { ImageOptions } from '../../options/image.ts';
import { openImageOf, treeOptionsOf } from '../../options/open-image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import { findingAnnotations, isJob } from '../../render/job.ts';
import { smokeDocument, smokeText } from '../../render/smoke.ts';

interface SmokeOptions extends ImageOptions {
  root?: string;
  tar?: string;
  kernel?: string;
  scenario?: string;
  module?: string[];
  keep?: string;
  accelerator?: 'kvm' | 'tcg';
}

export async function smoke(image: string | undefined, options: SmokeOptions): Promise<void> {
  const context = contextOf(options);
  const result = await boot(image, options, context);
  const kept = options.keep === undefined ? undefined : result.console;
  if (options.json) printJson(context, smokeDocument(result, kept));
  else context.stdout.write(smokeText(result, kept));
  if (isJob(context.env)) context.stderr.write(findingAnnotations(result.findings, context));
  if (!passes(result.findings)) process.exitCode = 1;
}

async function boot(
  image: string | undefined,
  options: SmokeOptions,
  context: Context,
): Promise<BootGateResult> {
  const { env, cwd, signal } = context;
  const modules = options.module ?? [];
  const name = options.scenario ?? (modules.length > 0 ? 'load' : undefined);
  if (!name) throw new LockstepError('usage', 'name a --scenario, or a --module to load');
  const scenario = await findScenario(name, [join(cwd, 'scenarios')]);
  const subject = await subjectOf(image, options, context);
  const kernel = await chooseKernel(subject.tree, options.kernel);
  await using scratch = await temporaryFolder();
  const folder = options.keep ? resolve(cwd, options.keep) : scratch.path;
  return await bootGate({
    kernel,
    subject,
    scenario,
    modules,
    folder,
    accelerator: options.accelerator,
    env,
    signal,
    onLine: (line) => context.detail === 'verbose' && context.stderr.write(`${line}\n`),
  });
}

async function subjectOf(
  image: string | undefined,
  options: SmokeOptions,
  context: Context,
): Promise<BootSubject> {
  const given = [image, options.root, options.tar].filter((place) => place !== undefined);
  if (given.length !== 1) {
    throw new LockstepError('usage', 'name one image, or --root, or --tar', {
      hint: 'lockstep smoke --help shows examples',
    });
  }
  if (options.root) return folderSubject(resolve(context.cwd, options.root), context);
  if (options.tar) return tarSubject(resolve(context.cwd, options.tar));
  const { reader, version } = openImageOf(image ?? '', context, options);
  const { platform } = treeOptionsOf(options);
  return imageSubject(reader, version, platform ? { platform } : {});
}
