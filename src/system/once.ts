/** Answers that are asked for once and then shared, also with those that ask meanwhile. */
export class Once {
  readonly #answers = new Map<string, Promise<unknown>>();

  /**
   * The answer to this question, of which `key` (anything that JSON can hold) names all that it
   * depends on. A failure is an answer too: it is not asked again.
   */
  get<T>(key: unknown, ask: () => Promise<T>): Promise<T> {
    const name = JSON.stringify(key);
    const known = this.#answers.get(name) ?? ask();
    this.#answers.set(name, known);
    return known as Promise<T>;
  }
}
