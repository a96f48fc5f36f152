import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { located, placeText } from './place.ts';

const STREAM = `name: a
    base: { debian: { suite: bookworm, kernel: linux-image-cloud-amd64 } }
    modules:
      - name: spl
        debian: spl
      - { name: zfs, debian: zfs-linux }
    image:
      overlay: root
      enable: [zfs.target, none.service]
    publish: { registry: 'oci:./store', image: a, kmods: ak }`;

const finding = { rule: 'r', severity: 'error', message: 'm' } as const;

describe(located, () => {
  it.each([
    ['modules.zfs', '9:9'],
    ['modules.spl', '7:9'],
    ['image.enable[1]', '12:28'],
    ['gates.boot', '4:5'],
  ])('finds %s', async (key, expected) => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'lockstep.yaml'), `version: 1\n\nstreams:\n  - ${STREAM}\n`);
    const config = await loadConfig(folder.path);
    const [stream] = config.streams;
    if (!stream) throw new Error('no stream');

    const [found] = located([{ ...finding, where: { key } }], { config, stream });

    expect(placeText(found?.where, folder.path)).toBe(`lockstep.yaml:${expected}`);
  });

  it('finds files of the image that the overlay has, and leaves others', async () => {
    await using folder = await temporaryFolder();
    const one = STREAM.replaceAll('\n    ', '\n');
    await writeFile(join(folder.path, 'lockstep.yaml'), `version: 1\n${one}\n`);
    await mkdir(join(folder.path, 'root/etc/modprobe.d'), { recursive: true });
    await writeFile(join(folder.path, 'root/etc/modprobe.d/zfs.conf'), 'options zfs x=1\n');
    const config = await loadConfig(folder.path);
    const [stream] = config.streams;
    if (!stream) throw new Error('no stream');
    const wheres = [
      { file: 'etc/modprobe.d/zfs.conf', line: 1 },
      { file: 'etc/modprobe.d/other.conf', line: 1 },
    ];

    const found = located(
      wheres.map((where) => ({ ...finding, where })),
      { config, stream },
    );

    expect(found.map(({ where }) => placeText(where, folder.path))).toEqual([
      'root/etc/modprobe.d/zfs.conf:1',
      undefined,
    ]);
  });
});
