/** Why a guest ended: by itself, or lockstep ended it. `flood`: its console grew beyond all bounds. */
export type GuestEnd = 'itself' | 'sign' | 'silence' | 'deadline' | 'flood';

export interface GuestLimits {
  /** Milliseconds until the guest is ended. */
  deadline: number;
  /** Milliseconds without a word on any channel until the guest is ended. */
  silence: number;
  signal?: AbortSignal;
}

/** How long a lost or hanging guest may still print what befell it: milliseconds. */
const LAST_WORDS = 2000;

/** What can be done to a guest. */
export interface GuestControl {
  /** Asks it to print where its tasks are. */
  ask(): void;
  kill(): void;
}

type Early = Exclude<GuestEnd, 'itself'>;

/** Ends a guest early and remembers why. */
export class GuestEnder implements Disposable {
  /** Why lockstep ended the guest; undefined when it did not. */
  end: Early | undefined;
  readonly #control: GuestControl;
  readonly #limits: GuestLimits;
  #deadline: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #lastWords: NodeJS.Timeout | undefined;
  #over = false;
  #failure: { error: unknown } | undefined;

  constructor(control: GuestControl, limits: GuestLimits) {
    this.#control = control;
    this.#limits = limits;
    limits.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** The guest has all that it needs: from now on its time is limited. */
  begin(): void {
    if (this.#over) return;
    const { deadline, silence } = this.#limits;
    this.#deadline = setTimeout(() => this.#hangs('deadline'), deadline);
    this.#silence = setTimeout(() => this.#hangs('silence'), silence);
  }

  /** Ends the guest for something that went wrong on this side of it. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#control.kill();
  }

  /** Throws what ended the guest when that was nothing of its own. */
  check(): void {
    this.#limits.signal?.throwIfAborted();
    if (this.#failure) throw this.#failure.error;
  }

  /** The guest said something. */
  heard(): void {
    if (!this.end) this.#silence?.refresh();
  }

  /** The guest said that it is lost: it is ended soon. */
  lost(): void {
    this.#lastWords ??= setTimeout(() => this.now('sign'), LAST_WORDS);
  }

  /** Ends the guest. */
  now(why: Early): void {
    this.end ??= why;
    this.#control.kill();
  }

  readonly #abort = () => this.#control.kill();

  #hangs(why: Early): void {
    if (this.#lastWords) return;
    this.end = why;
    this.#control.ask();
    this.#lastWords = setTimeout(() => this.now(why), LAST_WORDS);
  }

  [Symbol.dispose](): void {
    this.#over = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#silence);
    clearTimeout(this.#lastWords);
    this.#limits.signal?.removeEventListener('abort', this.#abort);
  }
}
