import type { Severity } from '../../system/finding.ts';
import type { Path } from './path.ts';

/** One thing that is wrong at a path of a document; its place in a file is found later. */
export interface Problem {
  severity: Severity;
  path: Path;
  message: string;
  /** The key itself is meant, not its value. */
  atKey?: boolean;
}

/** True when one of them forbids to go on. */
export function isFatal(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

export function error(path: Path, message: string): Problem {
  return { severity: 'error', path, message };
}

export function warning(path: Path, message: string): Problem {
  return { severity: 'warning', path, message };
}
