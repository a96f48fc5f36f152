import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { aDebianInputs, anRpmInputs, aStream } from '../testing/inputs.ts';
import { writeProjectLock } from './file.ts';
import { replaysOf } from './replay.ts';
import { inputsOfSide } from './side.ts';

const [debian, rpm] = [aDebianInputs(), anRpmInputs()];
const streams = [aStream({ name: debian.stream }), aStream({ name: rpm.stream })];
const names = streams.map(({ name }) => name);

describe(replaysOf, () => {
  it('follows what moves when nothing is to be replayed', async () => {
    expect(await replaysOf(streams, '/nowhere', {})).toEqual(streams.map((stream) => ({ stream })));
  });

  it('takes every stream from the lock file, and refuses one that lacks any', async () => {
    await using folder = await temporaryFolder();
    await writeProjectLock(folder.path, [debian], names);

    for (const options of [{ locked: true }, { replay: true }] as const) {
      await expect(replaysOf(streams, folder.path, options)).rejects.toThrow(
        /lockstep\.lock\.json has no stream kinoite-zfs/,
      );
    }
    await writeProjectLock(folder.path, [rpm], names);

    const replays = await replaysOf(streams, folder.path, { locked: true });
    expect(replays.map(({ inputs }) => inputs)).toEqual([debian, rpm]);
  });

  it('takes of a file what is in it, and refuses one that is of other projects', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'inputs.json'), JSON.stringify(debian));
    const replay = { replay: 'inputs.json' };

    expect(await replaysOf(streams, folder.path, replay)).toEqual([
      { stream: streams[0], inputs: debian },
    ]);
    await expect(replaysOf(streams.slice(1), folder.path, replay)).rejects.toThrow(
      /inputs\.json is of streams that are not configured: debian-acpi/,
    );
  });
});

describe(inputsOfSide, () => {
  const configured = () => Promise.reject(new Error('asked for the configuration'));

  it('reads files without a configuration, and asks it for everything else', async () => {
    await using folder = await temporaryFolder();
    await writeProjectLock(folder.path, [debian, rpm], names);
    const options = { project: folder.path, configured };

    expect(await inputsOfSide('lock', { ...options, stream: rpm.stream })).toEqual(rpm);
    await expect(inputsOfSide('lock', options)).rejects.toThrow(/has several streams/);
    await expect(inputsOfSide('lock', { ...options, stream: 'x' })).rejects.toThrow(/no stream x/);
    await expect(inputsOfSide('./none.json', options)).rejects.toThrow(
      /there is no \.\/none\.json/,
    );
    await expect(inputsOfSide('stable', options)).rejects.toThrow('asked for the configuration');
  });
});
