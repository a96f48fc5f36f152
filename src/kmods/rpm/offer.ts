import { compareEvr } from '../../package/evr.ts';
import { folderOf } from './list.ts';
import type { ListedRpm } from './listed.ts';

/** What an image of packages has of a module. */
export interface KmodsOffer {
  /** Kernels that it has the module for. */
  kernels: string[];
  /** The package for the kernel, then what belongs to it; empty when it is for other kernels. */
  packages: ListedRpm[];
}

/**
 * Finds the packages of a module for exactly one kernel: by headers, whatever files and labels say.
 * What runs beside the module lies in the same folder, in the layouts of all caches that are known,
 * and has the same version; what is for debugging, building or testing stays where it is.
 */
export function offeredKmods(
  listed: readonly ListedRpm[],
  { module, kernel }: { module: string; kernel: string },
): KmodsOffer {
  const all = listed.filter(({ isSource, name, kernel: found }) => {
    return !isSource && found !== undefined && name === `kmod-${module}-${found}`;
  });
  const kernels = [...new Set(all.map((one) => one.kernel ?? ''))];
  const fitting = all.filter((one) => one.kernel === kernel);
  const kmod = fitting.toSorted((a, b) => compareEvr(a.version, b.version)).at(-1);
  if (!kmod) return { kernels, packages: [] };
  const beside = listed.filter(
    (one) =>
      one.place === '/' &&
      one.kernel === undefined &&
      one.version === kmod.version &&
      folderOf(one) === folderOf(kmod),
  );
  return { kernels, packages: [kmod, ...beside] };
}
