/** Pieces of work under way that must come to their end, and who waits for that. */
let underWay = 0;
const waiting: (() => void)[] = [];

/** Does work that a wish to stop must not cut in two: whoever ends the process waits for it. */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
    if (underWay === 0) for (const go of waiting.splice(0)) go();
  }
}

/** Resolves when no such work is under way. */
export async function whenInterruptible(): Promise<void> {
  if (underWay > 0) await new Promise<void>((resolve) => waiting.push(resolve));
}
