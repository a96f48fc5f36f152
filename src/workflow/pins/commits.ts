import { isScalar, parseDocument, visit } from 'yaml';
import type { Range } from './pin.ts';

/** A commit that a module is built from. */
export interface ModuleCommit {
  /** Address of its repository, as the module says. */
  address: string;
  commit: string;
  /** Where its digits stand. */
  range: Range;
}

/** The commits of the modules of a `lockstep.yaml`, in the order in which they stand. */
export function commitsIn(text: string): ModuleCommit[] {
  const found: ModuleCommit[] = [];
  visit(parseDocument(text, { prettyErrors: false }), {
    Map: (_, map) => {
      const [commit, address] = [map.get('commit', true), map.get('git')];
      if (!isScalar(commit) || typeof address !== 'string') return;
      const { value, range } = commit;
      if (typeof value !== 'string' || !/^[0-9a-f]{40}$/.test(value)) return;
      const from = text.indexOf(value, range?.[0]);
      if (from >= 0) found.push({ address, commit: value, range: { from, to: from + 40 } });
    },
  });
  return found;
}
