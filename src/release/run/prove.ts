import type { Stream } from '../../config/schema.ts';
import type { GateName } from '../../gate/verdict.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { readManifest, requireDescriptor } from '../../oci/manifest.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { type Finding, passes } from '../../system/finding.ts';
import { acquireLock } from '../../system/lock.ts';
import { runContext, type StreamOptions } from '../context/new-run.ts';
import type { RunContext } from '../context/run-context.ts';
import { openTrust } from '../context/trust.ts';
import { type GateSubject, runGate } from '../gates/run-gate.ts';
import { gateTerms } from '../gates/terms.ts';
import { keepVerdict, requirePass } from '../gates/verdict-step.ts';
import { readInputs } from '../kept/inputs.ts';
import { versionIn } from '../promotion/by-hand.ts';
import { IMAGE_ANNOTATION, kmodsSaid } from '../record/annotations.ts';
import { GateFailure, startJournal } from '../record/journal.ts';
import { builtSetsOf } from '../record/kmods.ts';
import { compatOf } from '../resolve/compat.ts';
import { rootOf } from './record.ts';

export interface ProveOptions extends StreamOptions {
  /** A tag or a digest in the repository of the image, or a whole reference into it. */
  reference: string;
  /** Unique name of this call. */
  id: string;
  /** These gates alone (default: every gate of the stream). */
  gates?: readonly GateName[];
}

/** What one gate said of a stored image. */
export interface ProvenGate {
  gate: GateName;
  result: 'pass' | 'fail';
  terms: string;
  findings: readonly Finding[];
}

/** What the gates said of a stored image; `digest` is the one that they spoke of. */
export interface Proven {
  stream: string;
  digest: Digest;
  gates: ProvenGate[];
}

/**
 * Runs the gates of a stream on an image that is stored already, and records their verdicts: all
 * of them, whatever one says. Moves no tag. Throws `not-found` when the image or its inputs are
 * gone, `invalid-content` when lockstep did not compose it, and `busy` while a run is under way.
 */
export async function proveStored(stream: Stream, options: ProveOptions): Promise<Proven> {
  const trust = await openTrust(stream, options);
  const context = runContext(stream, { ...options, trust });
  await using _lock = await acquireLock(context.folders.lock, {
    signal: options.signal,
    holder: `lockstep prove ${options.id} (process ${process.pid})`,
  });
  const { ends, project, signal } = context;
  const image = await ends.image.resolve(versionIn(context.stream, options.reference));
  if (!image) throw notThere(ends.image.name, options.reference);
  const subject = await subjectOf(context, image);
  const journal = startJournal(stream.name, options.emit);
  const gates: ProvenGate[] = [];
  for (const [gate, terms] of await gateTerms(context.stream, project)) {
    if (options.gates && !options.gates.includes(gate)) continue;
    signal.throwIfAborted();
    const findings = await told(journal, gate, () => findingsOf(context, gate, subject));
    await keepVerdict(context, { gate, image, findings, terms });
    gates.push({ gate, terms, findings, result: passes(findings) ? 'pass' : 'fail' });
  }
  return { stream: stream.name, digest: image.digest, gates };
}

/** Tells a gate as a step; its no is an answer like its yes. */
async function told(
  journal: ReturnType<typeof startJournal>,
  gate: GateName,
  judge: () => Promise<{ findings: readonly Finding[]; remark?: string }>,
): Promise<readonly Finding[]> {
  let found: readonly Finding[] = [];
  try {
    await journal.do(gate, async () => {
      const { findings, remark } = await judge();
      found = findings;
      return { value: undefined, message: requirePass(gate, findings, remark) };
    });
  } catch (error) {
    if (!(rootOf(error) instanceof GateFailure)) throw rootOf(error);
  }
  return found;
}

async function findingsOf(
  context: RunContext,
  gate: GateName,
  subject: GateSubject,
): Promise<{ findings: readonly Finding[]; remark?: string }> {
  if (gate === 'compat') return { findings: await compatOf(context, subject.inputs) };
  if (gate !== 'signature') return runGate(context, gate, subject);
  throw new LockstepError('unsupported', 'the gate signature is not run by itself');
}

/** An image with what it must hold: the inputs and the kmods images that it names. */
async function subjectOf({ ends }: RunContext, candidate: Descriptor): Promise<GateSubject> {
  const { manifest } = await readManifest(ends.image, candidate);
  const said = manifest.annotations ?? {};
  const named = said[IMAGE_ANNOTATION.inputs];
  if (named == null || !isDigest(named)) throw notOurs(ends.image.name, candidate.digest);
  const inputs = await readInputs(ends.image, named);
  const kmods = kmodsSaid(said).map(async ({ kernel, digest }) => ({
    kernel,
    descriptor: await requireDescriptor(ends.kmods, digest),
  }));
  return { inputs, candidate, sets: await builtSetsOf(ends.kmods, await Promise.all(kmods)) };
}

function notOurs(repository: string, digest: Digest): LockstepError {
  return new LockstepError('invalid-content', `${repository}: ${digest} names no inputs`, {
    hint: 'only images that lockstep composed can be proven',
  });
}

function notThere(repository: string, reference: string): LockstepError {
  return new LockstepError('not-found', `${repository} has no ${reference}`, {
    hint: 'name a tag or a digest of the image of this stream',
  });
}
