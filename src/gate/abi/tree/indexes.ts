import type { FileTree } from '../../../file/tree.ts';
import { type IndexValue, readModuleIndex } from '../../../kernel/index/module-index.ts';
import {
  type ModuleAlias,
  type ModulesDep,
  readModulesAlias,
  readModulesDep,
} from '../../../kernel/index/module-lists.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Finding } from '../../../system/finding.ts';
import type { KernelFiles } from '../kernel/files.ts';

/** What depmod left for modprobe. */
export interface Indexes {
  dep: ModulesDep;
  aliases: readonly ModuleAlias[];
  symbols: readonly ModuleAlias[];
  /** Files that are absent or broken, or do not agree. */
  problems: Finding[];
}

/** With the form that modprobe reads. */
export interface BothIndexes extends Indexes {
  depBin: readonly IndexValue[];
  aliasesBin: readonly IndexValue[];
  symbolsBin: readonly IndexValue[];
}

/** Reads the indexes of a kernel; what is absent is empty and told. */
export async function readIndexes(tree: FileTree, files: KernelFiles): Promise<BothIndexes> {
  const problems: Finding[] = [];
  const bytes = async (name: string): Promise<Uint8Array | undefined> => {
    if (files.others.has(name)) return tree.read(`${files.folder}/${name}`);
    problems.push(problem(files, name, 'is not there'));
    return undefined;
  };
  const text = async (name: string) => Buffer.from((await bytes(name)) ?? '').toString('utf8');
  const index = async (name: string): Promise<IndexValue[]> => {
    const content = await bytes(name);
    try {
      return content ? readModuleIndex(content) : [];
    } catch (error) {
      if (!(error instanceof LockstepError)) throw error;
      problems.push(problem(files, name, `cannot be read: ${error.message}`));
      return [];
    }
  };
  return {
    dep: readModulesDep(await text('modules.dep')),
    depBin: await index('modules.dep.bin'),
    aliases: readModulesAlias(await text('modules.alias')),
    aliasesBin: await index('modules.alias.bin'),
    symbols: readModulesAlias(await text('modules.symbols')),
    symbolsBin: await index('modules.symbols.bin'),
    problems,
  };
}

function problem(files: KernelFiles, name: string, what: string): Finding {
  return {
    rule: 'modules-index',
    severity: 'error',
    message: `${name} ${what}, so modprobe does not find modules`,
    where: { file: `${files.folder}/${name}` },
    hint: `run depmod ${files.release} in the image`,
  };
}
