import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** Damages files of a folder, one after another, until it is stopped. */
export interface Rot {
  damaged: number;
  stop(): Promise<void>;
}

/** Begins at once; `random`: numbers from 0 up to 1. */
export function rot(folder: string, random: () => number): Rot {
  const stopped = new AbortController();
  const state = { damaged: 0 };
  const loop = async () => {
    while (!stopped.signal.aborted) {
      if (await damageOne(folder, random)) state.damaged++;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  };
  const ended = loop();
  return Object.assign(state, {
    async stop() {
      stopped.abort();
      await ended;
    },
  });
}

/** False when there was nothing to damage, or it has gone meanwhile. */
async function damageOne(folder: string, random: () => number): Promise<boolean> {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => /[0-9a-f]{64}$/.test(name));
    const name = files[Math.floor(random() * files.length)];
    if (name == null) return false;
    await damage(join(folder, name), random);
    return true;
  } catch {
    return false;
  }
}

async function damage(path: string, random: () => number): Promise<void> {
  const { size } = statSync(path);
  const at = Math.floor(random() * size);
  const way = Math.floor(random() * 4);
  if (way === 0) rmSync(path);
  else if (way === 1) truncateSync(path, at);
  else if (way === 2) writeFileSync(path, Buffer.alloc(size, 0x5a));
  else {
    await using file = await open(path, 'r+');
    await file.write(Buffer.from([Math.floor(random() * 256)]), 0, 1, at);
  }
}
