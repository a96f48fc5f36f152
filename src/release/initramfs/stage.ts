import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOfJson } from '../../system/digest.ts';
import type { EventSink } from '../../system/event.ts';
import { writeWhole } from '../../system/write-whole.ts';

/** What making an initramfs consists of, in this order. */
export const STAGES = [
  'root',
  'packages',
  'firmware',
  'kernel-modules',
  'init',
  'modules',
  'cleanup',
  'validation',
  'initramfs',
  'boot-test',
] as const;
export type StageName = (typeof STAGES)[number];

/** Grows when the same inputs would give something else. */
const RECIPE = 1;

export interface StageOptions {
  /** Folder that keeps what stages made. */
  folder: string;
  /** This stage and those behind it are done anew. */
  from?: StageName;
  emit: EventSink;
}

/** One stage: all that it depends on, and the work. What it gives must survive JSON. */
export interface Stage<T> {
  name: StageName;
  inputs: unknown;
  /** `folder` is empty, and the stage's own. */
  run(folder: string): Promise<T>;
  /** False when what was made is no longer there. */
  isKept?(made: T): Promise<boolean>;
}

/** One stage that was gone through. */
export interface StageRecord {
  stage: StageName;
  state: 'done' | 'reused';
  /** Digest of its inputs. */
  inputs: Digest;
}

/** Goes through stages; one whose inputs have not changed is not done again. */
export class Stages {
  readonly records: StageRecord[] = [];
  readonly #options: StageOptions;

  constructor(options: StageOptions) {
    this.#options = options;
  }

  async take<T>(stage: Stage<T>): Promise<T> {
    const { name } = stage;
    const inputs = digestOfJson({ recipe: RECIPE, name, inputs: stage.inputs });
    const kept = this.#isAnew(name) ? undefined : await this.#kept(stage, inputs);
    this.records.push({ stage: name, state: kept ? 'reused' : 'done', inputs });
    if (kept) this.#tell(name, 'reused');
    return kept ? kept.made : this.#make(stage, inputs);
  }

  /** Says a line of what a stage does. */
  say(name: StageName, line: string): void {
    this.#options.emit({ type: 'line', stream: 'initramfs', step: name, line });
  }

  #isAnew(name: StageName): boolean {
    const { from } = this.#options;
    return from != null && STAGES.indexOf(name) >= STAGES.indexOf(from);
  }

  async #kept<T>(stage: Stage<T>, inputs: Digest): Promise<{ made: T } | undefined> {
    const text = await readFile(this.#recordOf(stage.name), 'utf8').catch(() => '{}');
    const record = JSON.parse(text) as { inputs?: Digest; made: T };
    if (record.inputs !== inputs) return undefined;
    return ((await stage.isKept?.(record.made)) ?? true) ? record : undefined;
  }

  async #make<T>(stage: Stage<T>, inputs: Digest): Promise<T> {
    const { name } = stage;
    this.#tell(name, 'started');
    const folder = join(this.#options.folder, name);
    await rm(this.#recordOf(name), { force: true });
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
      const made = await stage.run(folder);
      await writeWhole(this.#recordOf(name), Buffer.from(JSON.stringify({ inputs, made })));
      this.#tell(name, 'done');
      return made;
    } catch (error) {
      this.#tell(name, 'failed', (error as Error).message);
      throw error;
    }
  }

  #recordOf(name: StageName): string {
    return join(this.#options.folder, `${name}.json`);
  }

  #tell(step: StageName, state: 'started' | 'done' | 'reused' | 'failed', message?: string): void {
    this.#options.emit({
      type: 'step',
      stream: 'initramfs',
      step,
      state,
      ...(message && { message }),
    });
  }
}
