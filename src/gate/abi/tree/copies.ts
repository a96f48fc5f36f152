import { winnerOf } from '../../../kernel/kmod/depmod-config.ts';
import type { Finding } from '../../../system/finding.ts';
import { indexPath, isOwn, type KernelFiles, moduleName } from '../kernel/files.ts';

/** The files of one module, of which modprobe takes one. */
export interface ModuleCopies {
  name: string;
  /** The file that modprobe takes. */
  winner: string;
  /** The others. */
  losers: string[];
  /** False when depmod.d does not tell: then `winner` is what `modules.dep` has at the moment. */
  isCertain: boolean;
}

/**
 * Which file of each module modprobe takes, by what depmod.d(5) says. `listed`: the files in
 * `modules.dep`, which depmod wrote.
 */
export function judgeCopies(
  files: KernelFiles,
  listed: { has(path: string): boolean } = new Set<string>(),
): Map<string, ModuleCopies> {
  const byName = Map.groupBy(files.modules, ({ path }) => moduleName(path));
  return new Map(
    [...byName].map(([name, copies]) => {
      const paths = copies.map(({ path }) => path);
      const chosen = chosenOf(files, paths);
      const winner = chosen ?? paths.find((path) => listed.has(indexPath(files, path))) ?? paths[0];
      return [name, { name, ...asCopies(winner ?? '', paths), isCertain: chosen != null }];
    }),
  );
}

function chosenOf(files: KernelFiles, paths: readonly string[]): string | undefined {
  if (paths.length === 1) return paths[0];
  const winner = winnerOf(
    files.depmod,
    paths.map((path) => indexPath(files, path)),
  );
  return paths.find((path) => indexPath(files, path) === winner);
}

function asCopies(winner: string, paths: readonly string[]) {
  return { winner, losers: paths.filter((path) => path !== winner) };
}

/** What there is to say of a module that is there more than once. */
export function copiesFinding(files: KernelFiles, copies: ModuleCopies): Finding | undefined {
  const { name, winner, losers, isCertain } = copies;
  if (losers.length === 0) return undefined;
  const there = `module ${name} is there ${losers.length + 1} times`;
  const about = { where: { file: winner }, found: losers.join(', ') };
  const rule = 'duplicate-module';
  if (!isCertain) {
    const message = `${there}, and which one modprobe takes is chance`;
    const hint = `remove all but one, or say which one counts: ${wayOut(files, copies)}`;
    return { rule, severity: 'error', message, ...about, hint };
  }
  const outside = losers.filter((path) => !isOwn(files, path));
  if (isOwn(files, winner) && outside.length > 0) {
    const message = `${there}; modprobe takes ${winner}, which came with the kernel, and never loads ${outside.join(', ')}`;
    return { rule, severity: 'error', message, ...about, hint: wayOut(files, copies) };
  }
  const replaces = losers.every((path) => isOwn(files, path));
  const hint = replaces
    ? 'as it should be for a module that replaces one of the kernel'
    : 'remove what is not used';
  const message = `${there}; modprobe takes ${winner}`;
  return { rule, severity: 'warning', message, ...about, hint };
}

/** How the file from outside of the kernel is made to count. */
function wayOut(files: KernelFiles, { winner, losers }: ModuleCopies): string {
  const path = [winner, ...losers].find((each) => !isOwn(files, each)) ?? winner;
  const place = indexPath(files, path).split('/');
  const module = place.pop()?.replace(/\.ko(\.\w+)?$/, '');
  const line = `override ${module} * ${place.join('/')}`;
  return `write "${line}" into /etc/depmod.d/${module}.conf and run depmod ${files.release}`;
}
