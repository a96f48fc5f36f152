import type { RpmPackages } from '../../inputs/packages.ts';

type RpmPackage = RpmPackages['packages'][number];

/**
 * Packages of a builder without the headers of other kernels: a build sees what it would see were
 * its kernel the only one, and headers that cannot lie beside each other need not.
 */
export function withHeadersOf(
  kernel: string,
  kernels: readonly string[],
  set: RpmPackages,
): RpmPackages {
  const others = kernels.filter((one) => one !== kernel);
  const isForeign = (one: RpmPackage) =>
    !isHeadersOf(kernel, one) && others.some((other) => isHeadersOf(other, one));
  return { ...set, packages: set.packages.filter((one) => !isForeign(one)) };
}

/** `uname -r` is version and release of the package, in Fedora with the architecture behind them. */
function isHeadersOf(kernel: string, { name, version }: RpmPackage): boolean {
  const isDevel = /^kernel-(?:.+-)?devel(?:-|$)/.test(name);
  return isDevel && (kernel === version || kernel.startsWith(`${version}.`));
}
