import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  aCertificate,
  aName,
  aSignature,
  withTrailer,
} from '../../kernel/testing/signature-builder.ts';
import { anRpm, type RpmBuild } from '../../package/testing/rpm-builder.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { checkKmodRpms, type KmodsExpectation, requireKmodRpms } from './check-kmods.ts';

const KERNEL = '7.1.4-204.fc44.x86_64';
const MODULE = `/lib/modules/${KERNEL}/extra/zfs/zfs.ko`;
const content = Buffer.from('the module');

function aKmod(build: RpmBuild = {}): Buffer {
  return anRpm({
    name: `kmod-zfs-${KERNEL}`,
    version: '2.4.4',
    requires: [`kernel-uname-r = ${KERNEL}`],
    provides: [
      `kernel-modules-for-kernel = ${KERNEL}`,
      `kmod-zfs-uname-r = ${KERNEL}`,
      'zfs-kmod = 2.4.4-1',
    ],
    postInstall: `depmod -a ${KERNEL}`,
    files: { [MODULE]: content },
    ...build,
  });
}

async function check(rpm: Buffer, expected: Partial<KmodsExpectation> = {}): Promise<string[]> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.rpm');
  await writeFile(path, rpm);
  const wanted = { kernel: KERNEL, modules: [{ name: 'zfs' }], ...expected };
  const findings = await checkKmodRpms([path], wanted);
  return findings.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
}

describe('checkKmodRpms', () => {
  it('passes what says in every way that it is for the kernel', async () => {
    expect(await check(aKmod())).toEqual([]);
  });

  it.each([
    ['no requirement', { requires: [] }, 'error package-kernel'],
    [
      'a requirement of another kernel',
      { requires: ['kernel-uname-r = 7.1.3'] },
      'error package-kernel',
    ],
    [
      'a script for the running kernel',
      { postInstall: '[ "$(uname -r)" = 7.1.4 ] && depmod -a' },
      'error package-scripts',
    ],
    ['no script', { postInstall: 'true' }, 'error package-scripts'],
    ['a name for another kernel', { name: 'kmod-zfs-7.1.3-200.fc43.x86_64' }, 'error package-name'],
    ['no word of what it provides', { provides: ['zfs-kmod = 2.4.4-1'] }, 'error package-provides'],
    ['no module of that name', { provides: ['x-kmod = 2.4.4-1'] }, 'error package-missing'],
    ['no modules at all', { files: {} }, 'error package-missing'],
    [
      'modules for another kernel',
      { files: { '/lib/modules/7.1.3-200.fc43.x86_64/extra/zfs.ko': 'x' } },
      'holds modules for another kernel',
    ],
  ] satisfies [string, RpmBuild, string][])('refuses a package with %s', async (_, build, said) => {
    expect((await check(aKmod(build))).join('\n')).toContain(said);
  });

  it('does not mind packages without modules, nor sources', async () => {
    expect(await check(anRpm({ name: 'zfs' }), { modules: [] })).toEqual([]);
    expect(await check(aKmod({ isSource: true, requires: [] }), { modules: [] })).toEqual([]);
  });

  describe('when modules are to be signed', () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const certificate = aCertificate(keys);
    const signed = (over: Partial<Parameters<typeof aSignature>[0]> = {}) =>
      withTrailer(content, aSignature({ content, key: keys.privateKey, ...over }));

    it.each([
      ['the right signature', signed(), undefined],
      ['no signature', content, 'is not signed'],
      [
        'a signature of other content',
        signed({ content: Buffer.from('another') }),
        'is signed, but not with this content',
      ],
      ['a signature of another key', signed({ key: other.privateKey }), 'not with this content'],
      ['another signer', signed({ issuer: aName('other') }), 'is signed with another key'],
      ['a broken message', withTrailer(content, Buffer.from('x')), 'has a broken signature'],
      [
        'a broken trailer',
        withTrailer(content, Buffer.from('x'), { pad: 1 }),
        'that kernels cannot read',
      ],
    ])('says of a module with %s what is wrong', async (_, module, problem) => {
      const findings = await check(aKmod({ files: { [MODULE]: module } }), { certificate });

      expect(findings).toEqual(problem ? [expect.stringContaining(problem)] : []);
    });
  });
});

describe('requireKmodRpms', () => {
  it('fails the build with all that is wrong', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.rpm');
    await writeFile(path, aKmod({ requires: [], postInstall: 'true' }));
    const wanted = { kernel: KERNEL, modules: [{ name: 'zfs' }, { name: 'other' }] };

    const failed = requireKmodRpms([{ path, folder: '/' }], wanted);

    await expect(failed).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/does not require kernel[^]*no depmod[^]*modules of other/),
    });
  });
});
