let taken: Buffer[] | undefined;

/** Standard input, which may be asked for again: what was read is given once more. */
export async function* standardInput(): AsyncGenerator<Buffer> {
  if (taken) {
    yield* taken;
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    yield chunk;
  }
  taken = chunks;
}
