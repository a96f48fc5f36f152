import { join } from 'node:path';
import { abiGate } from '../../gate/abi/gate.ts';
import { bootGate } from '../../gate/boot/gate.ts';
import { contentsGate } from '../../gate/contents/gate.ts';
import type { ExpectedModule } from '../../gate/contents/modules.ts';
import { packageGate } from '../../gate/package/gate.ts';
import type { GateName } from '../../gate/verdict.ts';
import { kernelName } from '../../kernel/module/name.ts';
import { kmodPackageName } from '../../kmods/image/finish-script.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Finding } from '../../system/finding.ts';
import { lineSink, type RunContext } from '../context/run-context.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { type BuiltSets, modulesOf } from '../inputs/load.ts';
import { kmodNameOf, type ModuleInputs } from '../inputs/modules.ts';
import { candidateTree } from './candidate-tree.ts';
import { scenarioOf } from './terms.ts';

type StatedVersion = Pick<ExpectedModule, 'version' | 'packaged'>;

export interface GateSubject {
  inputs: Inputs;
  /** What was built for each kernel. */
  sets: BuiltSets;
  candidate: Descriptor;
}

/** What a gate found, and what else people should know of how it was found. */
export interface GateAnswer {
  findings: Finding[];
  remark?: string;
}

/** Runs one gate on a candidate. What is wrong with the candidate is in the findings. */
export async function runGate(
  context: RunContext,
  gate: Exclude<GateName, 'compat' | 'signature'>,
  subject: GateSubject,
): Promise<GateAnswer> {
  if (gate === 'boot') return boot(context, subject);
  if (gate === 'flists') return flists(context, subject);
  return { findings: await readingGate(context, gate, subject) };
}

async function readingGate(
  context: RunContext,
  gate: 'package' | 'contents' | 'abi',
  { inputs, sets, candidate }: GateSubject,
): Promise<Finding[]> {
  const tree = await candidateTree(context.ends.image, candidate);
  const { kernels } = inputs.base;
  if (gate === 'abi') return abiGate(tree, { threads: 1, signal: context.signal });
  if (gate === 'contents') {
    const modules = kernels.flatMap((kernel) => expectedModules(inputs, sets, kernel));
    return contentsGate(tree, { kernels, modules, userland: userlandOf(inputs) });
  }
  const names = kernels.flatMap((kernel) =>
    inputs.modules.map((module) => packageName(inputs.family, kmodNameOf(module), kernel)),
  );
  return packageGate(tree, names);
}

/** Every module that was built for a kernel. */
function expectedModules({ modules }: Inputs, sets: BuiltSets, kernel: string): ExpectedModule[] {
  return modules.flatMap((source) =>
    (sets.get(kernel)?.[source.name] ?? []).map((name) => {
      const beside = name !== kernelName(source.name);
      return { name, kernel, ...statedVersion(source), ...(beside && { beside }) };
    }),
  );
}

/**
 * What the module is to say of itself. A dkms.conf, a spec or a package tells the version of the
 * packaging, which some modules do not repeat; of some commits nothing is known beforehand.
 */
function statedVersion({ kind, version, upstreamVersion }: ModuleInputs): StatedVersion {
  if (kind === 'git' && upstreamVersion == null) return {};
  const packaged = kind === 'git' || kind === 'dkms' || kind === 'kmods';
  return { version, ...(packaged && { packaged }) };
}

/** The package that holds a module for a kernel. */
function packageName(family: Inputs['family'], module: string, kernel: string): string {
  return family === 'debian' ? kmodPackageName(module, kernel) : `kmod-${module}-${kernel}`;
}

/** Packages of the image that were built from a module's own source: they must be of its version. */
function userlandOf(inputs: Inputs): { package: string; version: string }[] {
  const sources = new Map(inputs.modules.map((module) => [sourceOf(module), module.version]));
  return inputs.image.packages.packages.flatMap(({ name, source }) => {
    const version = sources.get(source);
    return version == null ? [] : [{ package: name, version }];
  });
}

/** The archive keeps what comes of a source in a folder of its name: `pool/contrib/z/zfs-linux/…`. */
function sourceOf({ package: name, files }: ModuleInputs): string {
  const [file] = files;
  return (file && 'filename' in file && file.filename.split('/').at(-2)) || name;
}

async function flists(
  context: RunContext,
  { inputs, candidate }: GateSubject,
): Promise<GateAnswer> {
  const { flistsGate } = await import('../flists/gate.ts');
  const tree = await candidateTree(context.ends.image, candidate);
  return flistsGate(context, { candidate, tree, kernels: inputs.base.kernels });
}

/** Every kernel of the image is booted, whatever became of the one before. */
async function boot(context: RunContext, subject: GateSubject): Promise<GateAnswer> {
  const findings: Finding[] = [];
  const remarks: string[] = [];
  for (const kernel of subject.inputs.base.kernels) {
    const answer = await bootKernel(context, subject, kernel);
    findings.push(...answer.findings);
    remarks.push(answer.remark);
  }
  return { findings, remark: remarks.join('; ') };
}

async function bootKernel(
  context: RunContext,
  { sets, candidate }: GateSubject,
  kernel: string,
): Promise<Required<GateAnswer>> {
  const scenario = await scenarioOf(context.stream, context.project);
  const say = lineSink(context, 'boot');
  const tree = await candidateTree(context.ends.image, candidate);
  const { findings, accelerator, reason } = await bootGate({
    kernel,
    subject: { tree, rootTar: () => tree.archive() },
    scenario,
    modules: modulesOf(sets, kernel),
    folder: join(context.folder, 'boot', kernel),
    env: context.env,
    signal: context.signal,
    onLine: say,
    onAccelerator: ({ accelerator, reason }) => say(`guest runs on ${accelerator}: ${reason}`),
  });
  return {
    findings: findings.map((one) => ({ ...one, message: `Linux ${kernel}: ${one.message}` })),
    remark: `Linux ${kernel} ran on ${accelerator}: ${reason}`,
  };
}
