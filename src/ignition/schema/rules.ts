import type { Path } from '../problem/path.ts';
import { error, type Problem, warning } from '../problem/problem.ts';
import type { Fields, Struct, Value } from './type.ts';

/** Collects what rules find, at paths below the struct that they look at. */
export class Report {
  readonly problems: Problem[] = [];
  readonly path: Path;

  constructor(path: Path) {
    this.path = path;
  }

  error(below: Path, message: string | undefined): void {
    if (message != null) this.problems.push(error([...this.path, ...below], message));
  }

  warn(below: Path, message: string | undefined): void {
    if (message != null) this.problems.push(warning([...this.path, ...below], message));
  }
}

/** What must hold for structs, by name. */
export type Rules = Readonly<Record<string, Rule>>;
// A struct's rule takes its own interface; the walk knows structs by name only.
// oxlint-disable-next-line typescript/no-explicit-any
export type Rule = (value: any, report: Report) => void;

/** Holds a document against the rules of its structs. */
export function applyRules(
  value: Fields,
  struct: Struct,
  rules: Rules,
  path: Path = [],
): Problem[] {
  const report = new Report(path);
  rules[struct.name]?.(value, report);
  const problems = report.problems;
  for (const [name, { type }] of struct.fields) {
    const inner = value[name];
    const at = [...path, name];
    // A struct without a word in the document is there, and empty.
    if (type.kind === 'struct')
      problems.push(...applyRules((inner ?? {}) as Fields, type, rules, at));
    if (type.kind !== 'list' || type.item.kind !== 'struct') continue;
    for (const [index, item] of ((inner ?? []) as Value[]).entries())
      problems.push(...applyRules(item as Fields, type.item, rules, [...at, index]));
  }
  return problems;
}
