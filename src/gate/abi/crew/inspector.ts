import { readFileSync } from 'node:fs';
import type { KernelExport } from '../../../kernel/module/exports.ts';
import type { Kernel, Reader } from '../kernel/kernel.ts';
import { checkModule, type ModuleCheck } from '../module/check-module.ts';
import { type InspectedModule, type InspectOptions, inspectModule } from '../module/inspect.ts';
import { providersOf } from '../module/providers.ts';

/** A module file: its content, or where it lies on this machine. */
export interface FileToInspect {
  file: string;
  place?: string;
  content?: Uint8Array;
}

/** Reads modules and keeps what it read, until the kernel is known that they are for. */
export class Inspector {
  readonly #inspected: InspectedModule[] = [];

  /** Reads a file; returns what it exports. */
  read(
    { file, place, content }: FileToInspect,
    kernel: Reader,
    options: InspectOptions,
  ): KernelExport[] {
    const bytes = content ?? readFileSync(place ?? file);
    const inspected = inspectModule({ file, content: bytes }, kernel, options);
    this.#inspected.push(inspected);
    return inspected.module?.exports ?? [];
  }

  /** Checks everything that was read. `others` may be loaded too. */
  check(kernel: Kernel, others: readonly InspectedModule[]): ModuleCheck[] {
    const around = { loaded: providersOf([]), available: providersOf(others) };
    return this.#inspected.map((module) => checkModule(module, kernel, around));
  }
}
