import type { KmodsKey } from '../../kmods/image/key.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import type { RunContext, SeenBase } from '../context/run-context.ts';
import { baseDigest, inputsDigest } from '../inputs/inputs.ts';
import { type Journal, StepFailure } from '../record/journal.ts';
import type { RunRecord } from '../record/run-record.ts';
import { candidateTag, kmodsTag } from '../record/tags.ts';
import type { Resolved } from '../resolve/resolve.ts';
import type { Products } from './apply.ts';

/** A run under way, and what is known of it so far. */
export interface UnderWay {
  context: RunContext;
  journal: Journal;
  started: string;
  /** True when saved inputs are used. */
  replay: boolean;
  /** What was followed, should resolving fail after it. */
  seen?: SeenBase;
  /** What was odd about it. */
  findings: Finding[];
  resolved?: Resolved;
  products?: Products;
}

/** The record of a run as far as it got; `error` says what ended it. */
export function recordOf(
  { context, journal, started, replay, seen, findings, resolved, products }: UnderWay,
  error: unknown,
): RunRecord {
  return {
    schema_version: 1,
    id: context.id,
    stream: context.stream.name,
    ...(context.channel.name === 'branch' && { branch: context.channel.branch }),
    ...(replay && { replay }),
    started,
    finished: context.now().toISOString(),
    outcome: error == null ? (products?.outcome ?? 'unchanged') : 'failed',
    ...(seen && { upstream: upstreamOf(seen, []) }),
    ...(findings.length > 0 && { findings }),
    ...(resolved && followed(resolved, products)),
    ...(products?.promotion && { promotion: products.promotion }),
    steps: [...journal.steps],
    ...(error != null && { failure: failureOf(error) }),
  };
}

function followed({ inputs, kmodsKeys }: Resolved, products?: Products): Partial<RunRecord> {
  const { base, modules } = inputs;
  const tag = candidateTag(inputs.keys.image, base.osVersion);
  const { candidate } = products ?? {};
  const kmods = kmodsKeys.flatMap((key) => kmodsMade(key, products));
  return {
    upstream: upstreamOf({ ...base, digest: baseDigest(inputs) }, modules),
    inputs: inputsDigest(inputs),
    ...(kmods.length > 0 && { kmods }),
    ...(candidate && { candidate: { tag, digest: candidate.digest } }),
  };
}

function kmodsMade({ kernel, modules }: KmodsKey, products?: Products) {
  const digest = products?.kmods.get(kernel.release)?.digest;
  const [first] = modules;
  if (!digest || !first) return [];
  return [{ kernel: kernel.release, tag: kmodsTag(first, kernel.release), digest }];
}

function upstreamOf(
  { kernelRelease, osVersion, digest }: SeenBase,
  modules: readonly { name: string; version: string }[],
): RunRecord['upstream'] {
  const versions = modules.map(({ name, version }) => [name, version]);
  return { kernel: kernelRelease, osVersion, base: digest, modules: Object.fromEntries(versions) };
}

function failureOf(error: unknown): RunRecord['failure'] {
  const cause = rootOf(error);
  const known = cause instanceof LockstepError ? cause : undefined;
  return {
    step: error instanceof StepFailure ? error.step : 'run',
    code: known?.code ?? 'bug',
    message: cause instanceof Error ? cause.message : String(cause),
    hint: known?.hint,
    findings: error instanceof StepFailure ? [...error.findings] : [],
  };
}

/** What went wrong within a step. */
export function rootOf(error: unknown): unknown {
  return error instanceof StepFailure ? error.cause : error;
}
