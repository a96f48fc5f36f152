import { setImmediate } from 'node:timers/promises';
import type { FileTree } from '../../../file/tree.ts';
import { readElf } from '../../../kernel/elf/elf.ts';
import { type KernelExport, readModuleExports } from '../../../kernel/module/exports.ts';
import { readImports } from '../../../kernel/module/module.ts';
import { LockstepError } from '../../../system/error.ts';
import { type KernelFiles, moduleName, ownModules } from '../kernel/files.ts';
import type { Kernel, ModuleInput } from '../kernel/kernel.ts';
import { AT_ONCE, unpackModules } from '../module/unpack.ts';

/** Modules that are unpacked at once while another one is inspected; mostly small ones. */
const AHEAD = 8;

/** What the kernel's own modules export: each of them is read once, when it is asked for. */
export class OwnExports {
  readonly #tree: FileTree;
  readonly #files: KernelFiles;
  readonly #kernel: Kernel;
  readonly #begun = new Set<string>();
  readonly #read = new Map<string, KernelExport[]>();
  readonly #ahead: Promise<void>[] = [];
  #providers: Promise<Map<string, string[]>> | undefined;

  constructor(tree: FileTree, files: KernelFiles, kernel: Kernel) {
    this.#tree = tree;
    this.#files = files;
    this.#kernel = kernel;
  }

  /**
   * Begins to read the modules that `modules.symbols` names for what a module imports, and comes
   * back when other threads are at it. Only in folders of this machine, where files may as well be
   * read one by one. What goes wrong is told when the modules are asked for.
   */
  async readAheadFor({ unpacked }: ModuleInput): Promise<void> {
    if (!this.#tree.locate || !unpacked) return;
    this.#ahead.push(this.#readNeeded(unpacked).catch(() => {}));
    await setImmediate();
  }

  async #readNeeded(unpacked: Uint8Array): Promise<void> {
    const paths = await this.named(new Set(this.#missingIn(unpacked)));
    const fresh = [...paths].filter((path) => !this.#begun.has(path));
    for (const path of fresh) this.#begun.add(path);
    await this.#readAll(fresh, AHEAD);
  }

  /** Paths of the modules that `modules.symbols` names for symbols. */
  async named(symbols: ReadonlySet<string>): Promise<Set<string>> {
    if (symbols.size === 0 || !this.#files.others.has('modules.symbols')) return new Set();
    this.#providers ??= this.#tree
      .read(`${this.#files.folder}/modules.symbols`)
      .then((bytes) => providersIn(Buffer.from(bytes).toString('latin1')));
    const providers = await this.#providers;
    const names = new Set([...symbols].flatMap((symbol) => providers.get(symbol) ?? []));
    const own = ownModules(this.#files).filter(({ path }) => names.has(moduleName(path)));
    return new Set(own.map(({ path }) => path));
  }

  /** What modules export, in the order of the paths. */
  async of(paths: ReadonlySet<string>): Promise<KernelExport[]> {
    await Promise.all(this.#ahead);
    const left = [...paths].filter((path) => !this.#read.has(path));
    await this.#readAll(left, AT_ONCE);
    return [...paths].flatMap((path) => this.#read.get(path) ?? []);
  }

  async #readAll(paths: readonly string[], atOnce: number): Promise<void> {
    const inputs = inputsOf(this.#tree, new Set(paths));
    for await (const { file, unpacked } of unpackModules(inputs, atOnce))
      this.#read.set(file, unpacked ? this.#exportsIn(file, unpacked) : []);
  }

  #missingIn(unpacked: Uint8Array): string[] {
    const { architecture, symbols } = this.#kernel;
    const imports = orNothing(() => readImports(readElf(unpacked, architecture.layout)));
    return imports.flatMap(({ name }) => (symbols.has(name) ? [] : name));
  }

  #exportsIn(path: string, unpacked: Uint8Array): KernelExport[] {
    const { architecture, loader } = this.#kernel;
    return orNothing(() =>
      readModuleExports(readElf(unpacked, architecture.layout), moduleName(path), {
        flags: loader.readsExportFlags,
      }),
    );
  }
}

async function* inputsOf(tree: FileTree, paths: ReadonlySet<string>): AsyncGenerator<ModuleInput> {
  for await (const { path, content } of tree.readMany(paths)) yield { file: path, content };
}

const ALIAS = 'alias symbol:';

/** Names of the modules that a `modules.symbols` names, by the symbols that they export. */
function providersIn(list: string): Map<string, string[]> {
  const providers = new Map<string, string[]>();
  for (const line of list.split('\n')) {
    const space = line.indexOf(' ', ALIAS.length);
    if (space < 0 || !line.startsWith(ALIAS)) continue;
    const symbol = line.slice(ALIAS.length, space);
    const module = line.slice(space + 1).replaceAll('-', '_');
    const others = providers.get(symbol);
    if (others) others.push(module);
    else providers.set(symbol, [module]);
  }
  return providers;
}

/** What cannot be read as a module exports and imports nothing. */
function orNothing<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof LockstepError) return [];
    throw error;
  }
}
