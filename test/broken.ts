import { open, readFile, writeFile } from 'node:fs/promises';

/** Changes one bit in the middle of a file. */
export async function flipByte(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, Math.floor(size / 2));
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, Math.floor(size / 2));
}

/** Breaks a file, looks what a call says, and mends the file again. */
export async function withBroken<T>(
  path: string,
  breakIt: (path: string) => Promise<void>,
  call: () => Promise<T>,
): Promise<T> {
  const good = await readFile(path);
  await breakIt(path);
  try {
    return await call();
  } finally {
    await writeFile(path, good);
  }
}
