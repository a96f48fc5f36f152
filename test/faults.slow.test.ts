import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asImage } from '../src/oci/artifact.ts';
import { openLayout } from '../src/oci/layout.ts';
import { readManifest } from '../src/oci/manifest.ts';
import { run } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { aProject, lockstep, type Project } from './project.ts';

let project: Project;

beforeAll(async () => {
  project = await aProject();
  const call = await lockstep(project, ['run', '--no-promote']);
  expect(call.status, call.stderr).toBe(0);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

const store = () => join(project.path, 'store/debian-acpi');

async function flipByte(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, Math.floor(size / 2));
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, Math.floor(size / 2));
}

/** Breaks the store, looks what a run says, and mends it again. */
async function withBroken(path: string, breakIt: (path: string) => Promise<void>, args: string[]) {
  const good = await readFile(path);
  await breakIt(path);
  const call = await lockstep(project, args);
  await writeFile(path, good);
  return call;
}

describe('a store that is broken', () => {
  it('by a flipped byte in a layer is named, and nothing is promoted', async () => {
    const repository = openLayout(store());
    const [candidate = ''] = (await repository.tags()).filter((tag) =>
      tag.startsWith('candidate-'),
    );
    const { manifest } = asImage(await readManifest(repository, candidate));
    const layer = manifest.layers.at(-1)?.digest ?? '';
    const blob = join(store(), 'blobs/sha256', layer.slice('sha256:'.length));

    const call = await withBroken(blob, flipByte, ['run', '--force', '--only', 'boot']);

    expect(call.status, call.stderr).toBe(3);
    expect(call.stderr).toContain(layer);
    expect(await repository.resolve('latest')).toBeUndefined();
  });

  it('by a truncated index is named', async () => {
    const index = join(store(), 'index.json');

    const call = await withBroken(index, (path) => truncate(path, 100), ['run']);

    expect(call.status, call.stderr).toBe(3);
    expect(call.stderr).toContain('index.json');
  });
});

describe('a full disk', () => {
  it('is named with exit status 2, and nothing is promoted', async () => {
    await using folder = await temporaryFolder();
    const small = join(folder.path, 'small');
    const lockstepAt = join(import.meta.dirname, '../bin/lockstep');
    const config = await readFile(join(project.path, 'lockstep.yaml'), 'utf8');
    // A file system of its own inside a user namespace needs no root, and goes with it.
    const script = `set -e; mkdir '${small}'; mount -t tmpfs -o size=48m tmpfs '${small}'
      cat > '${small}/lockstep.yaml'; set +e; '${lockstepAt}' run -C '${small}'; status=$?
      ls '${small}/store/debian-acpi' 2>/dev/null; exit $status`;
    const result = await run(
      'unshare',
      ['--user', '--map-root-user', '--map-auto', '--mount', 'sh', '-c', script],
      {
        stdin: config,
      },
    );

    expect(result.status, result.stderr).toBe(2);
    expect(result.stderr).toMatch(/no room|No space left|ENOSPC|disk/i);
  });
});
