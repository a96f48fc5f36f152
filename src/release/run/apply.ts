import type { GateName } from '../../gate/verdict.ts';
import { copy } from '../../oci/copy.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Registry } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { buildahOf, removeContainers } from '../context/containers.ts';
import type { RunContext } from '../context/run-context.ts';
import { handOutOf } from '../flists/of-stream.ts';
import { runGate } from '../gates/run-gate.ts';
import { keepVerdict, requirePass } from '../gates/verdict-step.ts';
import { modulesOf, modulesToLoad } from '../inputs/load.ts';
import type { KmodsSight } from '../plan/observe.ts';
import type { PlannedRun } from '../plan/planned-run.ts';
import type { PlannedStep, PlanStep } from '../plan/step.ts';
import { promoteBranch } from '../promotion/channel.ts';
import { promote } from '../promotion/step.ts';
import { GateFailure, type Journal } from '../record/journal.ts';
import { type BuiltKmods, builtSetsOf, copyKmods } from '../record/kmods.ts';
import type { RunRecord } from '../record/run-record.ts';
import { candidateTag, short } from '../record/tags.ts';
import { build } from './build-step.ts';
import { compose } from './compose-step.ts';
import { archiveInputs } from './keep-step.ts';
import { passStep } from './pass-step.ts';

/** What a run has made or found so far. */
export interface Products {
  outcome: 'promoted' | 'candidate' | 'unchanged';
  /** By the kernel that they are for. */
  kmods: Map<string, Descriptor>;
  candidate?: Descriptor;
  promotion?: RunRecord['promotion'];
}

/** A run under way. */
export interface Work {
  context: RunContext;
  registry: Registry;
  run: PlannedRun;
  journal: Journal;
  products: Products;
}

/** Does one step as planned and says what came of it. */
type Handler = (work: Work, planned: PlannedStep) => Promise<string>;

const HANDLERS: Record<PlanStep, Handler> = {
  compat: async ({ run }) => {
    throw new GateFailure('compat', run.resolved.compat);
  },
  build: async (work, { kernel, action, reason }) => {
    if (action === 'stop') throw leftToOthers(reason);
    const seen = needed(
      work.run.sight.kmods.find((one) => one.kernel === kernel),
      'build',
    );
    const { descriptor, from } = await (action === 'copy' ? copyCached : buildNew)(work, seen);
    work.products.kmods.set(seen.kernel, descriptor);
    const modules = await loadable(work, { kernel: seen.kernel, descriptor });
    return `kmods image ${short(descriptor.digest)}${from} for Linux ${seen.kernel}: ${modules}`;
  },
  compose: async (work, { action, reason }) => {
    if (action === 'stop') throw leftToOthers(reason);
    if (action === 'copy') return copyImage(work);
    const kmods = kmodsOf(work);
    const buildah = await buildahOf(work.context);
    const request = { ...work.run.resolved, kmods };
    work.products.candidate = await compose(work.context, buildah, request);
    // What follows needs the room, and no container.
    await removeContainers(work.context);
    await keep(work, 'compat', work.run.resolved.compat);
    return `candidate ${short(work.products.candidate.digest)}`;
  },
  archive: async ({ context, run }) => {
    const { files, sent } = await archiveInputs(context, run.resolved.inputs);
    return `${files} pinned files, ${sent} of them new`;
  },
  package: (work) => prove(work, 'package'),
  contents: (work) => prove(work, 'contents'),
  abi: (work) => prove(work, 'abi'),
  boot: (work) => prove(work, 'boot'),
  flists: (work) => prove(work, 'flists'),
  promote: async (work) => {
    const { context, registry, run, products } = work;
    await ensureCompatVerdict(work);
    const promoteHere = context.channel.name === 'branch' ? promoteBranch : promote;
    const { moves, audits } = await promoteHere(context, registry, {
      inputs: run.resolved.inputs,
      kmods: kmodsOf(work),
      candidate: needed(products.candidate, 'compose'),
      gates: run.gates,
    });
    const written = await handOutOf(context.stream, registry, context);
    products.outcome = 'promoted';
    if (moves.length === 0 && written.length > 0) return `handed out: ${written.join(', ')}`;
    if (moves.length === 0) return 'finished what an interrupted run had begun';
    const moved = moves.map(({ repository, tag, to }) => [`${repository}:${tag}`, to] as const);
    const audit = audits.at(-1)?.tag;
    products.promotion = { ...(audit && { audit }), moved: Object.fromEntries(moved) };
    const tags = [...moved.map(([tag]) => tag), ...written].join(', ');
    return audit ? `${tags} (audit tag ${audit})` : tags;
  },
};

/** Walks the plan: what is to be done is done, everything else noted with its reason. */
export async function applySteps(work: Work): Promise<void> {
  for (const planned of work.run.steps) {
    if (passStep(work.journal, planned)) continue;
    const { step } = planned;
    work.context.signal.throwIfAborted();
    await work.journal.do(step, async () => ({
      value: undefined,
      message: await HANDLERS[step](work, planned),
    }));
  }
}

/** Takes over the image of main that has these inputs, with all that was said of it. */
async function copyImage({ context, run, products }: Work): Promise<string> {
  const { image, stable } = context.ends;
  const { keys, base } = run.resolved.inputs;
  const descriptor = needed(run.sight.imageOfMain, 'compose');
  const tags = [candidateTag(keys.image, base.osVersion)];
  await copy(stable, image, descriptor, { referrers: true, digestTags: true, tags });
  products.candidate = descriptor;
  return `candidate ${short(descriptor.digest)} of ${stable.name}`;
}

/** A kmods image that a run has got, and where from, as words that follow its name. */
interface Got {
  descriptor: Descriptor;
  from: string;
}

/** Takes over the kmods image that main has: nothing is built twice for the sake of a channel. */
async function copyCached({ context }: Work, { key, cached, elsewhere }: KmodsSight): Promise<Got> {
  const { cache, kmods } = context.ends;
  const descriptor = needed(cached, 'build');
  if (cache) await copyKmods(cache, kmods, { key, descriptor });
  return { descriptor, from: ` of ${elsewhere}` };
}

async function buildNew({ context, run }: Work, { key }: KmodsSight): Promise<Got> {
  const { inputs } = run.resolved;
  const descriptor = await build(context, await buildahOf(context), { inputs, key });
  return { descriptor, from: '' };
}

/** The modules in a kmods image, where none is missing that is to be loaded at boot. */
async function loadable({ context }: Work, kmods: BuiltKmods): Promise<string> {
  const built = await builtSetsOf(context.ends.kmods, [kmods]);
  modulesToLoad(context.stream.modules, built);
  return modulesOf(built, kmods.kernel).join(', ');
}

/** The kmods image of every kernel, in their order. */
function kmodsOf({ run, products }: Work): BuiltKmods[] {
  return run.resolved.inputs.base.kernels.map((kernel) => ({
    kernel,
    descriptor: needed(products.kmods.get(kernel), 'build'),
  }));
}

/** Runs a gate, records its verdict, and throws when the answer is no. */
async function prove(work: Work, gate: Exclude<GateName, 'compat' | 'signature'>): Promise<string> {
  const candidate = needed(work.products.candidate, 'compose');
  const { findings, remark } = await runGate(work.context, gate, {
    inputs: work.run.resolved.inputs,
    sets: await builtSetsOf(work.context.ends.kmods, kmodsOf(work)),
    candidate,
  });
  await keep(work, gate, findings);
  return requirePass(gate, findings, remark);
}

async function keep(work: Work, gate: GateName, findings: readonly Finding[]): Promise<void> {
  const image = needed(work.products.candidate, 'compose');
  const terms = work.run.gates.get(gate) ?? '';
  await keepVerdict(work.context, { gate, image, findings, terms });
}

/** A run that was killed after it had composed may have left the candidate without this verdict. */
async function ensureCompatVerdict(work: Work): Promise<void> {
  const known = work.run.sight.verdicts.get('compat');
  const current = known?.result === 'pass' && known.terms === work.run.gates.get('compat');
  if (!current) await keep(work, 'compat', work.run.resolved.compat);
}

function leftToOthers(reason: string): LockstepError {
  return new LockstepError('build-failed', reason, {
    hint: 'that job says why it did not; run it again, then this one',
  });
}

function needed<T>(product: T | undefined, step: PlanStep): T {
  if (product) return product;
  throw new LockstepError('not-found', `what step ${step} makes is not there`, {
    hint: `do it first: lockstep run --only ${step}`,
  });
}
