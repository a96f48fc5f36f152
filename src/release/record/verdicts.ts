import type { GateName } from '../../gate/verdict.ts';
import { type ArtifactLayer, tryArtifact, writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import {
  PREDICATE_TYPE,
  type RecordedVerdict,
  readVerdictBytes,
  verdictBytes,
} from './verdict-statement.ts';

export type { RecordedVerdict } from './verdict-statement.ts';

/** Of statements, as artifact and as content of envelopes. */
export const VERDICT_TYPE = 'application/vnd.in-toto+json';

/**
 * Attaches a verdict to the digest that it speaks of, signed where there are seals. It is never a
 * bundle: cosign 3 takes any bundle by a key for a signature, a failed verdict too.
 */
export async function recordVerdict(
  repository: Repository,
  subject: Descriptor,
  { seals, ...verdict }: RecordedVerdict & { seals?: Seals | undefined },
): Promise<void> {
  const bytes = verdictBytes(repository.name, verdict);
  const sealed = await seals?.seal?.(VERDICT_TYPE, bytes);
  await writeArtifact(repository, {
    artifactType: VERDICT_TYPE,
    subject,
    annotations: {
      'in-toto.io/predicate-type': PREDICATE_TYPE,
      'dev.lockstep.gate': verdict.gate,
      'org.opencontainers.image.created': verdict.time,
    },
    layers: [sealed ?? { mediaType: VERDICT_TYPE, bytes }],
  });
}

/** A verdict that is attached to a digest. */
export interface FoundVerdict {
  verdict: RecordedVerdict;
  /** Of the manifest that holds it. */
  digest: Digest;
  /** True when somebody who counts has signed it, or no signature is asked for. */
  counts: boolean;
  signed: boolean;
}

/**
 * The newest verdict of each gate that is recorded for a digest; what cannot be read is left out,
 * and with seals what nobody who counts has signed.
 */
export async function readVerdicts(
  repository: Reader,
  subject: Digest,
  seals?: Seals,
): Promise<Map<GateName, RecordedVerdict>> {
  const newest = await newestVerdicts(repository, subject, seals);
  return new Map([...newest].map(([gate, { verdict }]) => [gate, verdict]));
}

/** The same with where they are. */
export async function newestVerdicts(
  repository: Reader,
  subject: Digest,
  seals?: Seals,
): Promise<Map<GateName, FoundVerdict>> {
  return newestOf(await findVerdicts(repository, subject, seals));
}

/** Gates that must have passed, each with the terms that count; undefined: whatever they were. */
export type RequiredGates = ReadonlyMap<GateName, string | undefined>;

/**
 * What stands against a promotion: a finding for each required gate without a recorded pass, with
 * seals one that somebody who counts has signed.
 */
export async function missingPasses(
  repository: Repository,
  subject: Digest,
  { gates, seals }: { gates: RequiredGates; seals?: Seals | undefined },
): Promise<Finding[]> {
  const found = await findVerdicts(repository, subject, seals);
  const verdicts = newestOf(found);
  return [...gates].flatMap(([gate, terms]) => {
    const finding = objectionTo(gate, terms, verdicts.get(gate)?.verdict);
    if (!finding) return [];
    const hint = `run the gates on it: lockstep prove ${subject}`;
    const unsealed = verdicts.has(gate) ? '' : whyNone(gate, found);
    return [{ ...finding, message: `${finding.message}${unsealed}`, hint }];
  });
}

async function findVerdicts(
  repository: Reader,
  subject: Digest,
  seals: Seals | undefined,
): Promise<FoundVerdict[]> {
  const found: FoundVerdict[] = [];
  for (const referrer of await repository.referrers(subject, VERDICT_TYPE)) {
    // Anybody who may write can attach something broken, and that must not hide the others.
    const layer = (await tryArtifact(repository, referrer))?.layers[0];
    const one = layer && (await readLayer(layer, seals));
    if (one?.verdict.subject === subject) found.push({ ...one, digest: referrer.digest });
  }
  return found;
}

async function readLayer(
  layer: ArtifactLayer,
  seals: Seals | undefined,
): Promise<Omit<FoundVerdict, 'digest'> | undefined> {
  const signed = layer.mediaType !== VERDICT_TYPE;
  const sealed = signed ? seals?.open(VERDICT_TYPE, layer) : undefined;
  const bytes = sealed ?? (signed ? await unverified(layer) : layer.bytes);
  const verdict = bytes && readVerdictBytes(bytes);
  return verdict && { verdict, signed, counts: sealed != null || seals == null };
}

async function unverified(layer: ArtifactLayer): Promise<Uint8Array | undefined> {
  const { unverifiedContent } = await import('../../trust/dsse/seals.ts');
  return unverifiedContent(VERDICT_TYPE, layer);
}

function newestOf(found: readonly FoundVerdict[]): Map<GateName, FoundVerdict> {
  const newest = new Map<GateName, FoundVerdict>();
  for (const one of found) {
    const { gate, time } = one.verdict;
    const known = newest.get(gate);
    if (one.counts && (!known || known.verdict.time < time)) newest.set(gate, one);
  }
  return newest;
}

/** Why the verdicts of a gate that are there do not count; nothing where there is none. */
function whyNone(gate: GateName, found: readonly FoundVerdict[]): string {
  const others = found.filter(({ verdict }) => verdict.gate === gate);
  if (others.length === 0) return '';
  return others.some(({ signed }) => signed)
    ? ': one is signed, by nobody whose verdicts count'
    : ': one is there, but it is not signed';
}

function objectionTo(
  gate: GateName,
  terms: string | undefined,
  verdict: RecordedVerdict | undefined,
): Finding | undefined {
  const sameTerms = terms == null || verdict?.terms === terms;
  if (verdict?.result === 'pass' && sameTerms) return undefined;
  const state =
    verdict == null
      ? 'no verdict'
      : verdict.terms === terms
        ? verdict.result
        : `another form (${verdict.terms})`;
  return {
    rule: 'gate-not-passed',
    severity: 'error',
    message: `gate ${gate} has no recorded pass for this digest`,
    expected: `pass (${terms})`,
    found: state,
  };
}
