import type { Finding, Severity } from '../../../system/finding.ts';

/** Everything that the gate can find, by stable name; docs/verify.md explains each. */
export const ruleNames = [
  'compression',
  'elf',
  'symbol-table',
  'relocation',
  'memory',
  'this-module',
  'module-name',
  'modinfo',
  'signature',
  'signature-unchecked',
  'signer',
  'vermagic',
  'release',
  'livepatch',
  'module-layout',
  'unknown-symbol',
  'symbol-version',
  'missing-versions',
  'gpl-only',
  'proprietary-provider',
  'namespace',
  'symbols-unknown',
  'export-clash',
  'export-versions',
  'export-flags',
  'btf',
  'dependency',
  'dependency-cycle',
  'depends',
  'name-clash',
  'file-name',
  'alias-clash',
  'retpoline',
  'ibt',
  'intree',
  'taint',
  'experimental',
] as const;

export type RuleName = (typeof ruleNames)[number];

/**
 * What a finding means: the kernel refuses the module; it takes it and something is wrong; or it
 * is worth knowing.
 */
export type Effect = 'refused' | 'unsafe' | 'note';

/** A finding about one module. */
export interface ModuleFinding extends Finding {
  rule: RuleName;
  severity: Severity;
  effect: Effect;
}

type Details = Pick<Finding, 'expected' | 'found' | 'hint' | 'where'>;

/** The kernel will not load the module. */
export function refused(rule: RuleName, message: string, details: Details = {}): ModuleFinding {
  return { rule, severity: 'error', effect: 'refused', message, ...details };
}

/** The kernel would load the module, and should not. */
export function unsafe(rule: RuleName, message: string, details: Details = {}): ModuleFinding {
  return { rule, severity: 'error', effect: 'unsafe', message, ...details };
}

/** Something to look at; the module loads and passes. */
export function note(rule: RuleName, message: string, details: Details = {}): ModuleFinding {
  return { rule, severity: 'warning', effect: 'note', message, ...details };
}

/** What is as expected and explains what will be seen, as the taints of every module from outside. */
export function remark(rule: RuleName, message: string, details: Details = {}): ModuleFinding {
  return { rule, severity: 'info', effect: 'note', message, ...details };
}
