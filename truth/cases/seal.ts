import type { Case, Subject } from './case.ts';
import { signAll } from './sign.ts';

/**
 * For a kernel that takes only what its own key signed: the same cases with everything signed, so
 * that its other rules come to their turn. For every other kernel the cases as they are.
 */
export async function seal(subject: Subject, cases: readonly Case[]): Promise<Case[]> {
  if (!subject.kernel.signer) return [...cases];
  const open = cases.filter(({ sealed }) => !sealed);
  const modules = [...new Set(open.flatMap(({ module, before }) => [module, ...before]))];
  const signed = await signAll(subject.kernel, modules, { key: 'own', hash: 'sha256' });
  const sealed = new Map(modules.map((module, index) => [module, signed[index] ?? module]));
  const signedOf = (module: Buffer) => sealed.get(module) ?? module;
  return cases.map((one) => {
    if (one.sealed) return one;
    return { ...one, module: signedOf(one.module), before: one.before.map(signedOf) };
  });
}
