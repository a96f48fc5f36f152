import { kernelsOf } from '../../package/check-package.ts';
import type { PackageFacts } from '../../package/package-facts.ts';
import type { KmodsFolder, PackageIdentity } from '../image/image.ts';

/** Packages that only some hosts want: tests, what puts ZFS into an initramfs, bindings. */
const OPTIONAL = /-(?:tests?|dracut|initramfs)$|^python[\d.]*-|^pam_/;

/** The folder of the kmods image that a package belongs to, by what its header says. */
export function placeRpm(facts: PackageFacts, isSource = false): KmodsFolder {
  if (isSource) return 'src';
  if (/-debug(?:info|source)(?:-|$)/.test(facts.name)) return 'debug';
  if (kernelsOf(facts).length > 0) return '/';
  if (facts.provides.some(({ name }) => name === 'kernel-objects-for-kernel')) return 'devel';
  if (facts.name.endsWith('-devel')) return 'devel';
  return OPTIONAL.test(facts.name) ? 'other' : '/';
}

/** Which package it is, and for which kernel if it holds modules. */
export function identityOf(facts: PackageFacts): PackageIdentity {
  const { name, version, architecture } = facts;
  const [kernel] = kernelsOf(facts);
  return { name, version, architecture, ...(kernel === undefined ? {} : { kernel }) };
}
