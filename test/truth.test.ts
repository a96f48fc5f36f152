import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runOk } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { explains, reasonsOf } from '../truth/comparison/reason.ts';
import { readConsole } from '../truth/guest/console.ts';
import type { Answer } from '../truth/guest/task.ts';
import { moveInto } from '../truth/kernels/archive-kernel.ts';
import { unpackDebs } from '../truth/kernels/toolchain.ts';

function anAnswer(log: string[], errno = 8): Answer {
  return { errno, log, died: false, unprepared: [] };
}

describe('readConsole', () => {
  it('gives each task what the kernel wrote between the call and its return', () => {
    const heard = readConsole([
      '[    1.000000] random: crng init done',
      '[    1.100000] @begin 0',
      '[    1.200000] provider: loading out-of-tree module taints kernel.',
      '[    1.300000] @load 0',
      '[    1.400000] missing: Unknown symbol absent (err -2)',
      '[    1.500000] @loaded 0 2',
      '[    1.600000] @end 0',
      '[    1.700000] @done',
    ]);

    expect(heard.done).toBe(true);
    expect(heard.answers.get('0')).toEqual({
      errno: 2,
      log: ['missing: Unknown symbol absent (err -2)'],
      died: false,
      unprepared: [],
    });
  });

  it('says that the kernel died when the call never returns', () => {
    const heard = readConsole([
      '[    1.1] no stamp of the kernel',
      '[    1.100000][    T1] @begin 7',
      '[    1.200000][    T1] @load 7',
      '[    1.300000][    T1] BUG: unable to handle page fault',
    ]);

    expect(heard.answers.get('7')).toMatchObject({
      died: true,
      log: ['BUG: unable to handle page fault'],
    });
    expect(heard.open).toBe('7');
  });

  it('tells what could not be loaded before', () => {
    const heard = readConsole(['[    1.100000] @begin 1', '[    1.200000] @before 1 22 /m/a.ko']);

    expect(heard.answers.get('1')?.unprepared).toEqual(['22 /m/a.ko']);
  });
});

describe('reasonsOf', () => {
  it('leaves out what only follows from the reason', () => {
    const answer = anAnswer([
      'a: disagrees about version of symbol iput',
      'a: Unknown symbol iput (err -22)',
    ]);

    expect(reasonsOf(answer)).toEqual(['version of symbol']);
  });

  it('takes the error number when the kernel is silent', () => {
    expect(reasonsOf(anAnswer([], 129))).toEqual(['signature']);
    expect(reasonsOf(anAnswer([], 8))).toEqual(['no words']);
  });
});

describe('explains', () => {
  it('is true when a rule shows in the words of the kernel', () => {
    expect(explains(['vermagic'], ['version magic'])).toBe(true);
    expect(explains(['vermagic', 'taint'], ['namespace'])).toBe(false);
  });
});

describe('moveInto', () => {
  it('puts in place last what tells that all is there', async () => {
    await using folder = await temporaryFolder();
    const at = (...parts: string[]) => join(folder.path, ...parts);
    const unpack = async () => {
      for (const name of ['src/headers-x', 'src/headers-common', 'lib/kbuild'])
        await mkdir(at('fresh/usr', name), { recursive: true });
    };
    const move = () => moveInto(at('root'), { fresh: at('fresh'), last: 'usr/src/headers-x' });
    await unpack();
    await mkdir(at('root/usr'), { recursive: true });
    // Stands in the way of the folder.
    await writeFile(at('root/usr/lib'), '');

    await expect(move()).rejects.toThrow();
    expect(existsSync(at('root/usr/src/headers-x'))).toBe(false);

    await rm(at('root/usr/lib'));
    await unpack();
    await move();
    for (const name of ['src/headers-x', 'src/headers-common', 'lib/kbuild'])
      expect(existsSync(at('root/usr', name)), name).toBe(true);
    expect(existsSync(at('fresh'))).toBe(false);
  });
});

describe('unpackDebs', () => {
  it('does not take a package for whole that ends between two files', async () => {
    await using folder = await temporaryFolder();
    const at = (...parts: string[]) => join(folder.path, ...parts);
    for (const name of ['DEBIAN', 'a', 'b']) await mkdir(at('package', name), { recursive: true });
    const control = 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n';
    await writeFile(at('package/DEBIAN/control'), control);
    for (const name of ['a/file', 'b/file']) await writeFile(at('package', name), name);
    await runOk('dpkg-deb', ['--root-owner-group', '-Znone', '-b', at('package'), at('whole.deb')]);
    const whole = await readFile(at('whole.deb'));
    await writeFile(at('cut.deb'), whole.subarray(0, whole.indexOf('./b/\0')));

    await mkdir(at('root'));
    await unpackDebs([at('whole.deb')], at('root'));
    expect(await readFile(at('root/b/file'), 'utf8')).toBe('b/file');
    await expect(unpackDebs([at('cut.deb')], at('root'))).rejects.toThrow(/dpkg-deb/);
  });
});
