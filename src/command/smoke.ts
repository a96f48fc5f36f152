import { join, resolve } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { type BootGateResult, bootGate } from '../gate/boot/gate.ts';
import {
  type BootSubject,
  chooseKernel,
  folderSubject,
  imageSubject,
  tarSubject,
} from '../gate/boot/subject.ts';
import { LockstepError } from '../system/error.ts';
import { passes } from '../system/finding.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { findScenario } from '../vm/scenario.ts';
import type { Context } from './context.ts';
import { imageOptions, openImageOf, treeOptionsOf } from './image-options.ts';
import { contextOf, printJson } from './options.ts';
import { smokeDocument, smokeText } from './render/smoke.ts';

const EXAMPLES = `
Boots the image's own kernel in QEMU on the image's own files and runs a scenario there.
Exit status 0 when every step passed and the kernel had nothing to say against it, else 1.
Scenarios are looked for in the folder scenarios/ of the project, then among lockstep's own:
load (loads and unloads each --module), zfs (makes and uses a pool). docs/boot.md tells more.

Examples:
  $ lockstep smoke oci:./store/debian-zfs:latest --scenario zfs
  $ lockstep smoke --tar rootfs.tar --module dummy --module loop
  $ lockstep smoke --root ./rootfs --scenario mine --keep ./console`;

const several = (value: string, before: string[] = []) => [...before, value];
const accelerators = new Option('--accelerator <name>', 'what runs the guest').choices([
  'kvm',
  'tcg',
]);

export const command = imageOptions(new Command('smoke'))
  .summary('boot an image in a guest and run a scenario in it')
  .description('Boots an image, an unpacked root or a tar archive and runs a scenario in it.')
  .argument('[image]', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .option('--root <dir>', 'an unpacked root instead of an image')
  .option('--tar <file>', 'a tar archive of a root instead of an image')
  .option('--kernel <release>', 'which kernel, when there are several')
  .option('--scenario <name>', 'what the guest does (default: load, when modules are given)')
  .option('--module <name>', 'a module to look at (can be repeated)', several)
  .option('--keep <dir>', 'keep the console there')
  .addOption(accelerators)
  .option('--verbose', 'show the console while the guest runs')
  .addHelpText('after', EXAMPLES)
  .action(async (image, options) => {
    const context = contextOf(options);
    const result = await smoke(image, options, context);
    const kept = options.keep === undefined ? undefined : result.console;
    if (options.json) printJson(context, smokeDocument(result, kept));
    else context.stdout.write(smokeText(result, kept));
    if (!passes(result.findings)) process.exitCode = 1;
  });

type Options = Parameters<Parameters<typeof command.action>[0]>[1];

async function smoke(
  image: string | undefined,
  options: Options,
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
    onLine: (line) => options.verbose && context.stderr.write(`${line}\n`),
  });
}

async function subjectOf(
  image: string | undefined,
  options: Options,
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
