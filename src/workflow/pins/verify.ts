import type { Digest } from '../../system/digest.ts';
import type { PlacedFinding } from '../check/finding.ts';
import { type Pin, repositoryOf } from './pin.ts';
import type { PinnedRepository } from './repository.ts';

/** Where pins are asked about; both are asked once for each name. */
export interface Upstream {
  repository(address: string): Promise<PinnedRepository>;
  /** The digest that a tag or a digest of an image names; undefined when there is none. */
  image(name: string): Promise<Digest | undefined>;
  /** What is wrong with a key of the keyring by its fingerprint; undefined when nothing is. */
  keyProblem(fingerprint: string): Promise<string | undefined>;
}

/** What is wrong with a pin, by what its source says now. */
export async function verifyPin(pin: Pin, upstream: Upstream): Promise<PlacedFinding[]> {
  const address = repositoryOf(pin);
  if (address != null) return verifyCommit(pin, address, await upstream.repository(address));
  if (pin.kind === 'keyring') return verifyKey(pin, upstream);
  return pin.kind === 'image' ? verifyImage(pin, upstream) : [];
}

async function verifyKey(pin: Pin, upstream: Upstream): Promise<PlacedFinding[]> {
  const problem = await upstream.keyProblem(pin.at);
  if (problem == null) return [];
  const message = `the key ${pin.at} of ${pin.name} ${problem}`;
  const hint = 'releases that it signed are refused; a newer lockstep may bring another key';
  return [finding(pin, 'unusable-key', { message, hint })];
}

async function verifyCommit(
  pin: Pin,
  address: string,
  repository: PinnedRepository,
): Promise<PlacedFinding[]> {
  const findings: PlacedFinding[] = [];
  if (!(await repository.holds(pin.at)))
    findings.push(
      finding(pin, 'foreign-commit', {
        message: `${pin.at} is in no branch or tag of ${address}: it may be of a fork`,
        hint: 'look at who wrote it before anything runs it, and pin a commit of the repository: lockstep pins update',
      }),
    );
  if (pin.kind !== 'action') return findings;
  const tag = repository.tags.find((one) => one.tag === pin.version);
  if (pin.version == null || !tag) {
    const said = pin.version
      ? `has no tag ${pin.version}`
      : 'has no version in a comment behind it';
    findings.push(
      finding(pin, 'unknown-version', { severity: 'warning', message: `${pin.name} ${said}` }),
    );
  } else if (tag.commit !== pin.at)
    findings.push(
      finding(pin, 'other-version', {
        message: `${pin.name} ${pin.version} is another commit`,
        expected: tag.commit,
        found: pin.at,
        hint: `a moving tag such as v4 goes on: write the exact version; lockstep pins update renews both`,
      }),
    );
  return findings;
}

async function verifyImage(pin: Pin, upstream: Upstream): Promise<PlacedFinding[]> {
  const plain = withoutTag(pin);
  // Braces stand for what a run fills in; there is nothing to ask for.
  if (pin.name.includes('{')) return [];
  if ((await upstream.image(`${plain}@${pin.at}`)) != null) return [];
  return [
    finding(pin, 'gone', {
      message: `${plain} has no ${pin.at} any more`,
      hint: 'lockstep pins update takes what the tag names now',
    }),
  ];
}

/** The image without its tag. */
export function withoutTag({ name, version }: Pick<Pin, 'name' | 'version'>): string {
  return version ? name.slice(0, -version.length - 1) : name;
}

function finding(
  { file, line, column }: Pin,
  rule: string,
  rest: { message: string; severity?: 'warning'; hint?: string; expected?: string; found?: string },
): PlacedFinding {
  return { rule, severity: 'error', ...rest, where: { file, line, column } };
}
