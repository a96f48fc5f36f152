import { describe, expect, it } from 'vitest';
import { installedKernels, releaseInName } from './installed.ts';

const OLD = '6.12.1-100.fc41.x86_64';
const NEW = '6.12.1-200.fc41.x86_64';
const folder = (release: string, ...names: string[]) => ({ release, names: new Set(names) });
const depmods = ['modules.dep', 'extra'];

describe('installedKernels', () => {
  it.each([
    ['an image beside its modules', [folder(OLD, 'vmlinuz'), folder(NEW, ...depmods)], []],
    ['an image in boot', [folder(OLD, 'kernel'), folder(NEW, 'kernel')], [`boot/vmlinuz-${OLD}`]],
    [
      'an image of ostree, with its checksum',
      [folder(OLD), folder(NEW)],
      [`usr/lib/ostree-boot/vmlinuz-${OLD}-${'0f'.repeat(32)}`],
    ],
    ['a unified image beside its modules', [folder(OLD, 'vmlinuz-virt.efi'), folder(NEW)], []],
    [
      'a unified image of its name',
      [folder(OLD, 'kernel'), folder(NEW, 'kernel')],
      [`boot/EFI/Linux/fedora-${OLD}+3-1.efi`],
    ],
    ['more than modules', [folder(OLD, 'modules.builtin'), folder(NEW, ...depmods)], []],
  ])('takes for a kernel what has %s', (_, folders, bootFiles) => {
    expect([...installedKernels(folders, bootFiles)]).toEqual([OLD]);
  });

  it('takes the word of a unified image for its release', () => {
    const folders = [folder(OLD, 'kernel'), folder(NEW, 'kernel')];

    expect([...installedKernels(folders, ['efi/EFI/Linux/linux.efi'], [NEW])]).toEqual([NEW]);
  });

  it('names no kernel where there is none', () => {
    expect(installedKernels([folder(OLD, ...depmods), folder(NEW)], []).size).toBe(0);
  });
});

describe('releaseInName', () => {
  it.each([
    [`${OLD}.efi`, OLD],
    [`0123abcd-${OLD}.efi`, OLD],
    [`x${OLD}.efi`, undefined],
    [`${OLD}-debug.efi`, undefined],
    ['linux.efi', undefined],
  ])('%s', (name, release) => {
    expect(releaseInName(`boot/EFI/Linux/${name}`, [NEW, OLD])).toBe(release);
  });
});
