import { createHash } from 'node:crypto';
import { type FileTree, readIfThere } from '../../file/tree.ts';
import { checkPackage, modulesOf } from '../../package/check-package.ts';
import type { PackagedFile, PackageFacts } from '../../package/package-facts.ts';
import type { Finding } from '../../system/finding.ts';
import { packageFacts } from './package-facts.ts';

/**
 * The gate `package`: the packages of the modules are installed, are for exactly one kernel and
 * say so, and the image holds the modules as they were packed.
 */
export async function packageGate(tree: FileTree, packages: readonly string[]): Promise<Finding[]> {
  const installed = await packageFacts(tree, new Set(packages));
  const findings: Finding[] = [];
  for (const name of packages) {
    const facts = installed.get(name);
    if (facts) findings.push(...checkPackage(facts), ...(await checkFiles(tree, facts)));
    else findings.push(missing(name));
  }
  return findings;
}

/** Whether the image holds the modules of a package with the digests that the package gives. */
export async function checkFiles(tree: FileTree, facts: PackageFacts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const file of modulesOf(facts)) {
    const content = await readIfThere(tree, file.path);
    const finding = content ? differs(facts, file, content) : gone(facts, file);
    if (finding) findings.push(finding);
  }
  return findings;
}

function differs(
  facts: PackageFacts,
  { path, digest }: PackagedFile,
  content: Uint8Array,
): Finding | undefined {
  if (!digest) return undefined;
  const found = createHash(digest.algorithm).update(content).digest('hex');
  if (found === digest.hex) return undefined;
  return {
    rule: 'package-digest',
    severity: 'error',
    message: `${path} is not what package ${facts.name} brought`,
    where: { file: path },
    expected: `${digest.algorithm} ${digest.hex}`,
    found: `${digest.algorithm} ${found}`,
    hint: 'something changed the module after it was installed: leave it, or package what it became',
  };
}

function gone(facts: PackageFacts, { path }: PackagedFile): Finding {
  return {
    rule: 'package-digest',
    severity: 'error',
    message: `${path} of package ${facts.name} is not in the image`,
    where: { file: path },
  };
}

function missing(name: string): Finding {
  return {
    rule: 'package-missing',
    severity: 'error',
    message: `package ${name} is not installed`,
    expected: name,
    found: 'none',
  };
}
