import { basename } from 'node:path';
import { checkPackage, kernelsOf } from '../../package/check-package.ts';
import type { PackageFacts } from '../../package/package-facts.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import type { KmodsPackage } from '../image/image.ts';
import { checkSignatures } from './check-signatures.ts';
import { readRpmFile } from './collect.ts';

/** What the packages of a build must be. */
export interface KmodsExpectation {
  kernel: string;
  modules: readonly { name: string }[];
  /** DER of the certificate whose key must have signed every module. */
  certificate?: Uint8Array;
}

/**
 * Reads what was built as a stranger would: every package of modules is for exactly the kernel and
 * says so in all the ways that dnf, rpm and people look for, each module of the configuration has
 * one, and the signatures are of the key. Whatever a gate would only warn of is an error here.
 */
export async function checkKmodRpms(
  paths: readonly string[],
  expected: KmodsExpectation,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const names: string[] = [];
  for (const path of paths) {
    const { facts, isSource } = await readRpmFile(path);
    if (isSource || kernelsOf(facts).length === 0) continue;
    names.push(...providedModules(facts));
    findings.push(...checkHeader(facts, expected).map((finding) => located(finding, path)));
    if (expected.certificate) findings.push(...(await checkSignatures(path, expected.certificate)));
  }
  for (const { name } of expected.modules.filter((one) => !names.includes(one.name))) {
    findings.push(error('package-missing', `no package provides the modules of ${name}`));
  }
  return findings;
}

/** Throws `build-failed` with all that is wrong with the packages of a build. */
export async function requireKmodRpms(
  packages: readonly KmodsPackage[],
  expected: KmodsExpectation,
): Promise<void> {
  const paths = packages.map(({ path }) => path);
  const findings = await checkKmodRpms(paths, expected);
  if (findings.length === 0) return;
  const said = findings.map(({ message }) => message).join('\n');
  const hint = findings.find((finding) => finding.hint)?.hint;
  const message = `the packages are not as they must be\n${said}`;
  throw new LockstepError('build-failed', message, hint ? { hint } : {});
}

/** What the header of a package of modules for a kernel must say. */
function checkHeader(facts: PackageFacts, { kernel }: { kernel: string }): Finding[] {
  const findings = checkPackage(facts).map((found): Finding => ({ ...found, severity: 'error' }));
  const [found] = kernelsOf(facts);
  if (found !== kernel) {
    findings.push(
      error('package-kernel', `${facts.name} holds modules for another kernel`, {
        expected: kernel,
        found: found ?? 'none',
      }),
    );
  }
  const modules = providedModules(facts);
  const wanted = [
    `kernel-modules-for-kernel = ${kernel}`,
    ...modules.map((name) => `kmod-${name}-uname-r = ${kernel}`),
  ];
  const provides = facts.provides.map(({ name, relation, version }) =>
    [name, relation, version].filter(Boolean).join(' '),
  );
  for (const missing of wanted.filter((one) => !provides.includes(one))) {
    findings.push(
      error('package-provides', `${facts.name} does not provide ${missing}`, { expected: missing }),
    );
  }
  if (modules.length === 0) {
    findings.push(error('package-provides', `${facts.name} provides no NAME-kmod`));
  }
  return findings;
}

/** The names of `NAME-kmod`, which say whose modules a package holds. */
function providedModules(facts: PackageFacts): string[] {
  const own = facts.provides.filter(({ version }) => version === facts.version);
  return own.flatMap(({ name }) => /^(.+)-kmod$/.exec(name)?.[1] ?? []);
}

function located(finding: Finding, path: string): Finding {
  return { ...finding, where: { file: basename(path) } };
}

function error(rule: string, message: string, details: Partial<Finding> = {}): Finding {
  return { rule, severity: 'error', message, ...details };
}
