import type { FileTree } from '../../../file/tree.ts';
import { matchesName } from '../../../kernel/kmod/modprobe-config.ts';
import { modinfoValues } from '../../../kernel/module/module.ts';
import type { Finding } from '../../../system/finding.ts';
import type { KernelFiles } from '../kernel/files.ts';
import type { InspectedModule } from '../module/inspect.ts';

const FOLDER = 'usr/lib/firmware';
const SHOWN = 5;

/**
 * Firmware that modules from outside of the kernel name and the image lacks. Only a note: most
 * name files for devices that a machine need not have.
 */
export async function checkFirmware(
  tree: FileTree,
  files: KernelFiles,
  modules: readonly InspectedModule[],
): Promise<Finding[]> {
  const naming = modules.flatMap(({ file, module }) => {
    const names = module ? modinfoValues(module, 'firmware') : [];
    return names.length > 0 ? [{ file, names: [...new Set(names)] }] : [];
  });
  if (naming.length === 0) return [];
  const present = await firmwareIn(tree, files.release);
  return naming.flatMap(({ file, names }) => {
    const absent = names.filter((name) => !isFirmwarePresent(name, present));
    return absent.length > 0 ? [lacking(file, absent)] : [];
  });
}

async function firmwareIn(tree: FileTree, release: string): Promise<Set<string>> {
  for (const folder of [FOLDER, 'lib/firmware']) {
    const paths: string[] = [];
    for await (const { path, type } of tree.list(folder))
      if (type !== 'directory') paths.push(path.slice(afterFolder(path)));
    if (paths.length > 0) return firmwareNames(paths, release);
  }
  return new Set();
}

function afterFolder(path: string): number {
  return path.indexOf('lib/firmware/') + 'lib/firmware/'.length;
}

/**
 * Paths below the firmware folder as modules name them: the kernel looks in four folders, and for
 * `.xz` and `.zst` too (drivers/base/firmware_loader/main.c).
 */
export function firmwareNames(paths: readonly string[], release: string): Set<string> {
  const places = [`updates/${release}/`, 'updates/', `${release}/`, ''];
  return new Set(
    paths.map((name) => {
      const place = places.find((each) => name.startsWith(each)) ?? '';
      return name.slice(place.length).replace(/\.(?:xz|zst)$/, '');
    }),
  );
}

/** Whether what a module names, perhaps with wildcards, is among the names. */
export function isFirmwarePresent(name: string, present: ReadonlySet<string>): boolean {
  if (present.has(name)) return true;
  return /[*?[]/.test(name) && [...present].some((each) => matchesName(name, each));
}

function lacking(file: string, absent: readonly string[]): Finding {
  const shown = absent.slice(0, SHOWN).join(', ');
  const more = absent.length > SHOWN ? ` (and ${absent.length - SHOWN} more)` : '';
  return {
    rule: 'firmware',
    severity: 'info',
    message: `${file} names firmware that is not in the image: ${shown}${more}`,
    where: { file },
    hint: 'install its package where there is a device that needs it',
  };
}
