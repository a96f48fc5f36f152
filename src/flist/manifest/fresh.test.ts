import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { showsLocks } from './fresh.ts';
import type { Manifest } from './rows.ts';
import { writeManifest } from './write.ts';

const MANIFEST: Manifest = { inodes: [], blocks: new Map(), tags: {}, routes: [] };

/** Writes as `openFresh` does, and never comes to an end. */
const WRITER = `
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(process.argv[1]);
  database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  console.log('writing');
  setInterval(() => {}, 1000);
`;

async function startWriter(path: string): Promise<ChildProcess> {
  const writer = spawn(process.execPath, ['-e', WRITER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(writer.stdout, 'data');
  return writer;
}

describe.runIf(await showsLocks(tmpdir()))('what a killed writer leaves beside a manifest', () => {
  it('is taken away by the next one, and not before it is dead', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.fl');
    const writer = await startWriter(`${path}.0123456789ab.new`);

    await writeManifest(path, MANIFEST);
    const beside = await readdir(folder.path);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    await writeManifest(path, MANIFEST);

    expect(beside.sort()).toEqual(['a.fl', 'a.fl.0123456789ab.new']);
    expect(await readdir(folder.path)).toEqual(['a.fl']);
  });

  it('goes when it is cut, and what others have named stays', async () => {
    await using folder = await temporaryFolder();
    const others = ['a.fl.123.new', 'b.fl.0123456789ab.new', 'a.fl.0123456789ab.new.old'];
    for (const name of [...others, 'a.fl.0123456789ab.new'])
      writeFileSync(join(folder.path, name), Buffer.alloc(8192, 7));

    await writeManifest(join(folder.path, 'a.fl'), MANIFEST);

    expect((await readdir(folder.path)).sort()).toEqual(['a.fl', ...others].sort());
  });
});

it('says that a manifest cannot be written where there is no folder', async () => {
  await using folder = await temporaryFolder();

  const written = writeManifest(join(folder.path, 'not-there/a.fl'), MANIFEST);

  await expect(written).rejects.toMatchObject({ code: 'usage' });
});
