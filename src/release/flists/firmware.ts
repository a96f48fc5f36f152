import { decompressBytes } from '../../file/compression/compression.ts';
import type { FileTree } from '../../file/tree.ts';
import type { KernelFiles } from '../../gate/abi/kernel/files.ts';
import { MODULE_LIMIT } from '../../gate/abi/module/unpack.ts';
import { firmwareNames, isFirmwarePresent } from '../../gate/abi/tree/firmware-rule.ts';
import { findSection, rawSectionBytes, readElf } from '../../kernel/elf/elf.ts';
import { readModinfo } from '../../kernel/module/modinfo.ts';
import type { Finding } from '../../system/finding.ts';

/** A folder with firmware. */
export interface FirmwareFolder {
  tree: FileTree;
  path: string;
}

/**
 * Counts firmware that the modules of a kernel name and a folder lacks: a note, because most is for
 * devices that a machine need not have.
 */
export async function absentFirmware(
  wanted: readonly string[],
  { release, folder }: { release: string; folder?: FirmwareFolder | undefined },
): Promise<Finding[]> {
  const present = firmwareNames(folder ? await pathsBelow(folder) : [], release);
  const absent = wanted.filter((name) => !isFirmwarePresent(name, present));
  if (absent.length === 0) return [];
  const message = `${absent.length} of ${wanted.length} firmware files that modules name are not there (the first: ${absent[0]})`;
  return [{ rule: 'firmware', severity: 'info', message }];
}

/** Firmware that modules name, each once. */
export async function firmwareOfModules(
  tree: FileTree,
  { modules }: KernelFiles,
): Promise<string[]> {
  const names = new Set<string>();
  for await (const { content } of tree.readMany(new Set(modules.map(({ path }) => path)))) {
    for (const name of firmwareOf(content)) names.add(name);
  }
  return [...names];
}

/** Nothing for a file that is no module: the gate tells of those. */
function firmwareOf(content: Uint8Array): string[] {
  try {
    const elf = readElf(decompressBytes(content, MODULE_LIMIT));
    const { entries } = readModinfo(rawSectionBytes(elf, findSection(elf, '.modinfo')));
    return entries.flatMap(([key, value]) => (key === 'firmware' ? [value] : []));
  } catch {
    return [];
  }
}

async function pathsBelow({ tree, path: folder }: FirmwareFolder): Promise<string[]> {
  const paths: string[] = [];
  let root: string | undefined;
  for await (const { path, type } of tree.list(folder)) {
    root ??= path.slice(0, path.length - (path.split('/').at(-1) ?? '').length);
    if (type !== 'directory') paths.push(path.slice(root.length));
  }
  return paths;
}
