import { type Case, distinct, type Subject } from './cases/case.ts';
import { containerCases } from './cases/container.ts';
import { foreignCases } from './cases/foreign.ts';
import { mutantCases, nativeCases } from './cases/native.ts';
import { seal } from './cases/seal.ts';
import { signatureCases } from './cases/signature.ts';
import { treeCases } from './cases/tree.ts';
import { compare, type Pair } from './comparison/compare.ts';
import { Gate } from './comparison/gate.ts';
import { loadRemembered } from './guest/remember.ts';

export interface MeasureOptions {
  /** The kernel is told `module.sig_enforce=1`. */
  enforced: boolean;
  env: NodeJS.ProcessEnv;
  /** Folder of answers that kernels gave before; undefined: every kernel is asked anew. */
  memory?: string;
  onGuest?: (answered: number, of: number) => void;
}

/** Everything that is loaded into a kernel as it starts by itself. */
export async function allCases(subject: Subject, others: readonly Subject[]): Promise<Case[]> {
  return seal(subject, [
    ...treeCases(subject),
    ...nativeCases(subject),
    ...mutantCases(subject),
    ...(await signatureCases(subject)),
    ...(subject.kernel.signer ? [] : await containerCases(subject)),
    ...foreignCases(subject, others),
  ]);
}

/** What is loaded into a kernel that is told to take signed modules only. */
export async function enforcedCases(subject: Subject, others: readonly Subject[]): Promise<Case[]> {
  const foreign = foreignCases(subject, others).filter(({ sealed }) => sealed);
  return [
    ...treeCases(subject),
    ...nativeCases(subject),
    ...(await signatureCases(subject)),
    ...foreign,
  ];
}

/** Asks the gate and the kernel about each case and puts the answers side by side. */
export async function measure(
  subject: Subject,
  cases: readonly Case[],
  options: MeasureOptions,
): Promise<Pair[]> {
  const { kernel } = subject;
  const { enforced, env, memory } = options;
  const chosen = distinct(cases);
  const open = (withSymvers: boolean) =>
    Gate.open(kernel, { withSymvers, enforceSignatures: enforced });
  const [gate, bare] = [await open(true), await open(false)];
  const tasks = chosen.map((one, index) => ({ ...one, id: String(index) }));
  const answers = await loadRemembered(kernel, tasks, {
    env,
    memory,
    append: enforced ? ['module.sig_enforce=1'] : [],
    onGuest: (answered) => options.onGuest?.(answered, tasks.length),
  });
  return tasks.flatMap((task) => {
    const answer = answers.get(task.id);
    if (!answer || answer.unprepared.length > 0) return [];
    const said = { answer, gate: gate.ask(task), bare: bare.ask(task) };
    return [compare(task, said, { kernel: kernel.release, enforced })];
  });
}
