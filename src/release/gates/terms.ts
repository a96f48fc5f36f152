import { join } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import type { GateName } from '../../gate/verdict.ts';
import { type Digest, digestOf } from '../../system/digest.ts';
import { findScenario, type Scenario } from '../../vm/scenario.ts';

/** Version of what the gates that only read demand; a new one asks for new verdicts. */
const TERMS = 'v2';

/** The gates of a stream, each with the terms that it is to be run under. */
export async function gateTerms(stream: Stream, project: string): Promise<Map<GateName, string>> {
  const terms = new Map<GateName, string>([
    ['compat', TERMS],
    ['package', TERMS],
    ['contents', TERMS],
    ['abi', TERMS],
  ]);
  const scenario = await scenarioOf(stream, project);
  terms.set('boot', `scenario ${scenario.name} ${short(digestOf(scenario.script))}`);
  if (stream.flists) {
    const { flistTerms } = await import('../flists/terms.ts');
    terms.set('flists', await flistTerms(stream.flists, project));
  }
  return terms;
}

/** The scenario that a stream boots with: the project's own, or one that comes with lockstep. */
export function scenarioOf(stream: Stream, project: string): Promise<Scenario> {
  return findScenario(stream.gates.boot, [join(project, 'scenarios')]);
}

function short(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}
