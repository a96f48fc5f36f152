import {
  type Document,
  isAlias,
  isScalar,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
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
  try {
    const document = parseDocument(text, { prettyErrors: false });
    visit(document, {
      Map: (_, map) => {
        const { value: address } = scalarAt(document, map, 'git');
        const { value: commit, range } = scalarAt(document, map, 'commit');
        if (typeof address !== 'string' || typeof commit !== 'string') return;
        const from = /^[0-9a-f]{40}$/.test(commit) ? text.indexOf(commit, range?.[0]) : -1;
        if (from >= 0) found.push({ address, commit, range: { from, to: from + 40 } });
      },
    });
  } catch (error) {
    // The library goes down into a document by calling itself; no configuration is so deep.
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}

/** What stands behind a key, or what it is an alias of; nothing where that is no scalar. */
function scalarAt(document: Document, map: YAMLMap, key: string): Partial<Scalar> {
  const node = map.get(key, true) as unknown;
  const target = isAlias(node) ? node.resolve(document) : node;
  return isScalar(target) ? target : {};
}
