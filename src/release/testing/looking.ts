/**
 * Looks again and again until what it returns is called. That the looking itself failed is told as
 * what was looked for.
 */
export function keepLooking(
  look: () => Promise<void>,
  tell: (problem: string) => void,
): () => Promise<void> {
  const stopped = new AbortController();
  const loop = async () => {
    while (!stopped.signal.aborted) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const ended = loop().catch((error: unknown) => {
    tell(`the watcher itself failed: ${String(error)}`);
  });
  return async () => {
    stopped.abort();
    await ended;
  };
}
