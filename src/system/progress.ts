/** Bytes between two words of how far it is. */
const STEP = 16 << 20;

/** Passes content on, and tells every 16 MiB how much of it has gone by. */
export async function* countedBytes(
  chunks: AsyncIterable<Uint8Array>,
  { total, say, what }: { total: number; say: (line: string) => void; what: string },
): AsyncGenerator<Uint8Array> {
  let done = 0;
  let next = 0;
  for await (const chunk of chunks) {
    if (done >= next) {
      say(`${what}: ${megabytes(done)} of ${megabytes(total)} MB`);
      next = done + STEP;
    }
    done += chunk.length;
    yield chunk;
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
