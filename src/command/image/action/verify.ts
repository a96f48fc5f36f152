import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openDirectoryTree } from '../../../file/directory-tree.ts';
import {
  type KernelReport,
  treeOfModulesDir,
  verifyFolder,
  verifyTree,
} from '../../../gate/abi/verify.ts';
import { verifyFiles } from '../../../gate/abi/verify-files.ts';
import { readCertificate } from '../../../kernel/signature/certificate.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import type { ImageOptions } from '../../options/image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import { findingAnnotations, isJob } from '../../render/job.ts';
import { notableFindings, verifyDocument, verifyText } from '../../render/verify.ts';

interface VerifyOptions extends ImageOptions {
  root?: string;
  modulesDir?: string;
  symvers?: string;
  kernelConfig?: string;
  with?: string[];
  certificate?: string[];
  enforceSignatures?: true;
}

export async function verify(args: string[], options: VerifyOptions): Promise<void> {
  const context = contextOf(options);
  const reports = await check(args, options, context);
  if (reports.every(({ modules }) => modules.length === 0)) throw sawNothing(reports);
  if (options.json) printJson(context, verifyDocument(reports));
  else context.stdout.write(verifyText(reports, { ...options, style: context.style }));
  if (isJob(context.env))
    context.stderr.write(findingAnnotations(notableFindings(reports), context));
  if (!reports.every(({ verdict }) => verdict === 'pass')) process.exitCode = 1;
}

async function check(args: string[], options: VerifyOptions, context: Context) {
  const settings = { ...(await settingsOf(options, context)), signal: context.signal };
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
async function imageTree(image: string, options: VerifyOptions, context: Context) {
  const { openImageOf, treeOptionsOf } = await import('../../options/open-image.ts');
  const { openImageTree } = await import('../../../oci/tree/tree.ts');
  const { reader, version } = openImageOf(image, context, options);
  return openImageTree(reader, version, { ...treeOptionsOf(options), contents: 'tar' });
}

async function settingsOf(options: VerifyOptions, context: Context) {
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

/** What saw nothing has not passed. */
function sawNothing(reports: readonly KernelReport[]): LockstepError {
  const [first] = reports;
  const missing = first ? `modules of Linux ${first.kernel}` : 'folder below /usr/lib/modules';
  return new LockstepError('not-found', `nothing to verify: there is no ${missing}`, {
    hint: 'name an image, a root, or a /usr/lib/modules/RELEASE folder that holds modules',
  });
}

function unclear(): LockstepError {
  return new LockstepError('usage', 'name one image, or --root, or --modules-dir with modules', {
    hint: 'lockstep verify --help shows examples',
  });
}
