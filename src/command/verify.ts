import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { openDirectoryTree } from '../archive/directory-tree.ts';
import { treeOfModulesDir, verifyFiles, verifyFolder, verifyTree } from '../gate/abi/verify.ts';
import { readCertificate } from '../kernel/certificate.ts';
import { LockstepError } from '../system/error.ts';
import type { Context } from './context.ts';
import { contextOf, printJson } from './options.ts';
import { verifyDocument, verifyText } from './render/verify.ts';

const EXAMPLES = `
Reads the modules, the kernel's own files and its configuration, and predicts what the kernel will
do. Exit status 0 when every module passes, 1 when one fails. docs/verify.md explains each rule.

Examples:
  $ lockstep verify oci:./store/debian-zfs:latest
  $ lockstep verify --root ./rootfs
  $ lockstep verify --modules-dir /usr/lib/modules/$(uname -r) spl.ko zfs.ko
  $ lockstep verify --modules-dir DIR --symvers Module.symvers --with spl.ko zfs.ko --json`;

const several = (value: string, before: string[] = []) => [...before, value];

export const command = new Command('verify')
  .summary('tell whether a kernel will load modules, by reading them')
  .description('Checks kernel modules against the kernel that they are for.')
  .argument('[image-or-modules...]', 'one image; with --modules-dir module files (default: all)')
  .option('--root <dir>', 'an unpacked root: every module of every kernel in it')
  .option('--modules-dir <dir>', 'a /usr/lib/modules/RELEASE folder')
  .option('--symvers <file>', 'Module.symvers of the kernel, plain, .xz, .gz or .zst')
  .option('--kernel-config <file>', 'configuration of the kernel')
  .option('--with <module>', 'a module that is loaded before (can be repeated)', several)
  .option(
    '--certificate <file>',
    'a key that is trusted too, DER or PEM (can be repeated)',
    several,
  )
  .option('--enforce-signatures', 'assume module.sig_enforce, or lockdown')
  .option('-C <dir>', 'relative paths start from this folder instead of the current one')
  .option('--platform <os/arch>', 'which image of an index', 'linux/amd64')
  .option('--plain-http', 'speak HTTP without TLS to the registry')
  .option('--json', 'print one JSON document on standard output and nothing else there')
  .addHelpText('after', EXAMPLES)
  .action(async (args, options) => {
    const context = contextOf(options);
    const reports = await verify(args, options, context);
    if (options.json) printJson(context, verifyDocument(reports));
    else context.stdout.write(verifyText(reports));
    const passes = reports.length > 0 && reports.every(({ verdict }) => verdict === 'pass');
    if (!passes) process.exitCode = 1;
  });

type Options = Parameters<Parameters<typeof command.action>[0]>[1];

async function verify(args: string[], options: Options, context: Context) {
  const settings = await settingsOf(options, context);
  if (options.modulesDir) {
    const { tree, folder } = treeOfModulesDir(resolve(context.cwd, options.modulesDir));
    if (args.length === 0) return [await verifyFolder(tree, folder, settings)];
    const modules = await Promise.all(args.map((file) => input(file, context)));
    const loaded = await Promise.all((options.with ?? []).map((file) => input(file, context)));
    return [await verifyFiles(tree, folder, { modules, with: loaded }, settings)];
  }
  const [image, ...more] = args;
  if (options.root && !image) {
    return verifyTree(openDirectoryTree(resolve(context.cwd, options.root)), settings);
  }
  if (!image || more.length > 0 || options.root) throw unclear();
  return verifyTree(await imageTree(image, options, context), settings);
}

/** What images need is loaded only for images: most of the time of a small call would go there. */
async function imageTree(image: string, options: Options, context: Context) {
  const { openImageOf, treeOptionsOf } = await import('./image-options.ts');
  const { openImageTree } = await import('../oci/tree.ts');
  const { reader, version } = openImageOf(image, context, options);
  return openImageTree(reader, version, { ...treeOptionsOf(options), contents: 'tar' });
}

async function settingsOf(options: Options, context: Context) {
  const { symvers, kernelConfig, certificate, enforceSignatures } = options;
  const read = async (file: string) => (await input(file, context)).content;
  const certificates = await Promise.all((certificate ?? []).map(read));
  return {
    certificates: certificates.map(asCertificate),
    ...(symvers ? { symvers: await read(symvers) } : {}),
    ...(kernelConfig ? { config: Buffer.from(await read(kernelConfig)).toString('utf8') } : {}),
    ...(enforceSignatures ? { enforceSignatures } : {}),
  };
}

async function input(file: string, context: Context) {
  const content = await readFile(resolve(context.cwd, file)).catch((cause: Error) => {
    throw new LockstepError('usage', `cannot read ${file}: ${cause.message}`, { cause });
  });
  return { file, content };
}

function asCertificate(content: Uint8Array) {
  try {
    return readCertificate(content);
  } catch (cause) {
    throw new LockstepError('usage', 'what --certificate names is no X.509 certificate', { cause });
  }
}

function unclear(): LockstepError {
  return new LockstepError('usage', 'name one image, or --root, or --modules-dir with modules', {
    hint: 'lockstep verify --help shows examples',
  });
}
