/** Why a guest ended: by itself, or lockstep ended it. `flood`: its console grew beyond all bounds. */
export type GuestEnd = 'itself' | 'sign' | 'silence' | 'deadline' | 'flood';

export interface GuestLimits {
  /** Milliseconds until the guest is ended. */
  deadline: number;
  /** Milliseconds without a word on any channel until the guest is ended. */
  silence: number;
  signal?: AbortSignal;
}

/** How long a lost guest may still print what befell it. */
const LAST_WORDS = 2000;

/** Ends a guest early and remembers why. */
export class GuestEnder implements Disposable {
  /** Why lockstep ended the guest; undefined when it did not. */
  end: Exclude<GuestEnd, 'itself'> | undefined;
  readonly #kill: () => void;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: NodeJS.Timeout;
  readonly #silence: NodeJS.Timeout;
  #lastWords: NodeJS.Timeout | undefined;

  constructor(kill: () => void, { deadline, silence, signal }: GuestLimits) {
    this.#kill = kill;
    this.#signal = signal;
    this.#deadline = setTimeout(() => this.now('deadline'), deadline);
    this.#silence = setTimeout(() => this.now('silence'), silence);
    signal?.addEventListener('abort', kill, { once: true });
  }

  /** The guest said something. */
  heard(): void {
    this.#silence.refresh();
  }

  /** The guest said that it is lost: it is ended soon. */
  lost(): void {
    this.#lastWords ??= setTimeout(() => this.now('sign'), LAST_WORDS);
  }

  /** Ends the guest. */
  now(why: Exclude<GuestEnd, 'itself'>): void {
    this.end ??= why;
    this.#kill();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#silence);
    clearTimeout(this.#lastWords);
    this.#signal?.removeEventListener('abort', this.#kill);
  }
}
