import type { RuleName } from '../../src/gate/abi/module/rule.ts';
import type { Case } from '../cases/case.ts';
import type { Answer } from '../guest/task.ts';
import type { GateAnswer } from './gate.ts';
import { explains, type Reason, reasonsOf } from './reason.ts';

/** One module and one kernel: what the kernel did and what the gate had said. */
export interface Pair {
  kernel: string;
  /** True when the kernel was told to take signed modules only. */
  enforced: boolean;
  heading: string;
  name: string;
  /** `broke`: the kernel did not survive it. */
  kernelDid: 'loaded' | 'refused' | 'broke';
  errno: number;
  reasons: Reason[];
  /** What the kernel wrote, without what it always writes. */
  words: string[];
  gateSaid: 'loads' | 'refused';
  verdict: 'pass' | 'fail';
  /** Rules by which the gate says that the kernel refuses; the first one must be the kernel's. */
  rules: RuleName[];
  /** Rules by which the gate fails what the kernel takes. */
  stricter: RuleName[];
  /** What the gate says of `loads` when it has the kernel's own files only, without symvers. */
  bareSaid: 'loads' | 'refused';
  /** How gate and kernel differ; undefined when they agree. */
  disagreement?: 'loads' | 'rule' | 'breaks';
}

/** Puts both answers side by side. A kernel that breaks agrees with a gate that says `fail`. */
export function compare(
  one: Case,
  answers: { answer: Answer; gate: GateAnswer; bare: GateAnswer },
  where: Pick<Pair, 'kernel' | 'enforced'>,
): Pair {
  const { answer, gate, bare } = answers;
  const kernelDid = didOf(answer);
  const pair: Pair = {
    ...where,
    heading: one.heading,
    name: one.name,
    kernelDid,
    errno: answer.errno,
    reasons: kernelDid === 'refused' ? reasonsOf(answer) : [],
    words: kernelDid === 'loaded' ? [] : answer.log.filter((line) => line !== '').slice(0, 8),
    gateSaid: saidOf(gate),
    verdict: gate.verdict,
    bareSaid: saidOf(bare),
    rules: rulesOf(gate, 'refused'),
    stricter: gate.loads ? rulesOf(gate, 'unsafe') : [],
  };
  const disagreement = disagreementOf(pair, one.how);
  return disagreement ? { ...pair, disagreement } : pair;
}

function didOf(answer: Answer): Pair['kernelDid'] {
  if (answer.died) return 'broke';
  return answer.errno === 0 ? 'loaded' : 'refused';
}

function saidOf(gate: GateAnswer): Pair['gateSaid'] {
  return gate.loads ? 'loads' : 'refused';
}

function rulesOf(gate: GateAnswer, effect: 'refused' | 'unsafe'): RuleName[] {
  const found = gate.findings.filter((finding) => finding.effect === effect);
  return [...new Set(found.map(({ rule }) => rule))];
}

function disagreementOf(pair: Pair, how: Case['how']): Pair['disagreement'] {
  if (pair.kernelDid === 'broke') return pair.verdict === 'fail' ? undefined : 'breaks';
  if ((pair.kernelDid === 'loaded') !== (pair.gateSaid === 'loads')) return 'loads';
  // insmod says that it failed and nothing of why.
  const toldWhy = pair.kernelDid === 'refused' && how === 'direct';
  return toldWhy && !explains(pair.rules.slice(0, 1), pair.reasons) ? 'rule' : undefined;
}
