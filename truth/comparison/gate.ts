import { readFile } from 'node:fs/promises';
import { openDirectoryTree } from '../../src/file/directory-tree.ts';
import { checkModules, type ModuleReport } from '../../src/gate/abi/check-modules.ts';
import { describeKernel } from '../../src/gate/abi/describe/kernel.ts';
import { findKernels } from '../../src/gate/abi/kernel/files.ts';
import type { Kernel as GateKernel } from '../../src/gate/abi/kernel/kernel.ts';
import { type InspectedModule, inspectModule } from '../../src/gate/abi/module/inspect.ts';
import { LockstepError } from '../../src/system/error.ts';
import type { Case } from '../cases/case.ts';
import type { Kernel } from '../kernels/kernel.ts';

/** What the gate says, before the kernel is asked. */
export type GateAnswer = Pick<ModuleReport, 'loads' | 'verdict' | 'findings'>;

export interface GateOptions {
  /** With the `Module.symvers` of the headers; else with what the kernel's own files tell. */
  withSymvers: boolean;
  enforceSignatures: boolean;
}

/** The gate with one kernel open. */
export class Gate {
  readonly #kernel: GateKernel;

  private constructor(kernel: GateKernel) {
    this.#kernel = kernel;
  }

  static async open(kernel: Kernel, options: GateOptions): Promise<Gate> {
    const tree = openDirectoryTree(kernel.root);
    const files = (await findKernels(tree)).find(({ release }) => release === kernel.release);
    if (!files) throw new LockstepError('bug', `the gate does not find ${kernel.release}`);
    const symvers = options.withSymvers ? await readFile(kernel.symvers) : undefined;
    const { enforceSignatures } = options;
    return new Gate(await describeKernel(tree, files, { symvers, enforceSignatures }));
  }

  /** Asks for one module after others, as `verify --with OTHER MODULE` does. */
  ask(one: Case): GateAnswer {
    const before = one.before.map((content, index) => this.#inspect(content, `before-${index}.ko`));
    const inspected = inspectModule({ file: one.file, content: one.module }, this.#kernel);
    const [report] = checkModules([inspected], this.#kernel, before);
    if (!report) throw new LockstepError('bug', `the gate says nothing of ${one.name}`);
    return report;
  }

  #inspect(content: Buffer, file: string): InspectedModule {
    return inspectModule({ file, content }, this.#kernel);
  }
}
