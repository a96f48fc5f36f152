import { describe, expect, it } from 'vitest';
import { requireUnits, type UnitSource } from './units.ts';

function parts(...lists: string[][]): { sources: UnitSource[]; asked: number[] } {
  const asked: number[] = [];
  const sources = lists.map(
    (paths, at) =>
      async function* () {
        asked.push(at);
        yield* paths;
      },
  );
  return { sources, asked };
}

describe(requireUnits, () => {
  it('looks no further than it needs to', async () => {
    const { sources, asked } = parts(['lib/systemd/system/zfs.target'], ['etc/init.d/x']);

    await requireUnits(['zfs.target'], sources);

    expect(asked).toEqual([0]);
  });

  it.each([
    ['ssh', 'usr/lib/systemd/system/ssh.service'],
    ['zfs-scrub-weekly@tank.timer', 'lib/systemd/system/zfs-scrub-weekly@.timer'],
    ['old.service', 'etc/init.d/old'],
    ['own.service', 'etc/systemd/system/own.service'],
    ['/srv/x.service', 'nothing'],
  ])('finds %s', async (unit, path) => {
    await requireUnits([unit], parts([path]).sources);
  });

  it('names one that is nowhere, and what was probably meant', async () => {
    const { sources } = parts(['lib/systemd/system/zfs.target'], ['usr/share/doc/zsf.target']);

    await expect(requireUnits(['zsf.target'], sources)).rejects.toMatchObject({
      code: 'config',
      message: 'there is no unit zsf.target (did you mean zfs.target?)',
    });
  });
});
