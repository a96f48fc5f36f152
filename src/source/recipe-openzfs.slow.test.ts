import { describe, expect, it } from 'vitest';
import { EXPERIMENTAL } from './module-source.ts';
import { openzfsScript } from './recipe-openzfs.ts';
import { KERNEL, tryDebian } from './testing/builder.ts';

const OPENZFS = {
  META: 'Name: x\nVersion: 1\n',
  'configure.ac': '',
  configure:
    '#!/bin/sh\nmkdir -p build/asked && touch build/asked/question.ko && echo "$*" > args\n',
  Makefile: 'all:\n\tmkdir -p module/zfs && cp args module/zfs/zfs.ko && echo > module/spl.ko\n',
  'config/kernel.m4': '',
};

describe(openzfsScript, () => {
  it('configures for both folders of the headers and takes the modules, not those of configure', async () => {
    const { modules, said } = await tryDebian({ files: OPENZFS });

    expect(Object.keys(modules).sort(), said).toEqual(['spl.ko', 'zfs.ko']);
    expect(modules['zfs.ko']?.trim().split(' ')).toEqual([
      '--with-config=kernel',
      `--with-linux=/lib/modules/${KERNEL}/source`,
      `--with-linux-obj=/lib/modules/${KERNEL}/build`,
    ]);
  });

  it('allows a newer kernel when told so', async () => {
    const { modules } = await tryDebian({ files: OPENZFS, options: [EXPERIMENTAL] });

    expect(modules['zfs.ko']).toContain('--enable-linux-experimental');
  });

  it('builds a source without META as a plain kbuild tree', async () => {
    const { modules, said } = await tryDebian({ files: { 'a.c': 'code\n' } });

    expect(modules, said).toEqual({ '.ko': 'code\n' });
  });
});
