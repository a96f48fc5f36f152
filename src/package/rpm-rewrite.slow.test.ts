import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, runOk } from '../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../system/temporary.ts';
import { isSignedRpm, rewriteRpm } from './rpm-rewrite.ts';

const SPEC = `Name: kmod-x
Version: 1.0
Release: 1
Epoch: 2
Summary: A package
Summary(de): Ein Päckchen
License: none
BuildArch: noarch
Requires: bash
Requires: zfs-kmod-common >= 1.0
Provides: x-kmod = %{version}-%{release}
Conflicts: y < 2
%description
Says something.
%install
mkdir -p %{buildroot}/usr/lib/x %{buildroot}/etc
head -c 300000 /dev/urandom > %{buildroot}/usr/lib/x/data
printf '#!/bin/sh\\n' > %{buildroot}/usr/lib/x/run; chmod 755 %{buildroot}/usr/lib/x/run
ln -s data %{buildroot}/usr/lib/x/link
echo y > %{buildroot}/etc/x.conf
%post
[ "$(uname -r)" = 6.18 ] && depmod -a
%postun
true
%files
/usr/lib/x
%config(noreplace) /etc/x.conf
%changelog
* Fri Nov 20 2026 Nobody <nobody@example.org> - 1.0-1
- First
`;

const requires = { name: 'kernel-uname-r', version: '6.18.9-200.fc44.x86_64' };
const script = (text: string) => text.replace(/.*uname -r.*/, 'depmod -a 6.18');

let folder: TemporaryFolder;
let signed: string;
let before: string;
let after: string;

/** A package by rpmbuild, signed by rpmsign where gpg works, and the same rewritten. */
beforeAll(async () => {
  folder = await temporaryFolder();
  const { path } = folder;
  await writeFile(join(path, 'x.spec'), SPEC);
  await runOk('rpmbuild', ['-bb', '--define', `_topdir ${path}`, join(path, 'x.spec')]);
  before = join(path, 'RPMS/noarch/kmod-x-1.0-1.noarch.rpm');
  signed = join(path, 'signed.rpm');
  await writeFile(signed, await readFile(before));
  await sign(path, signed);
  after = join(path, 'after.rpm');
  await writeFile(after, rewriteRpm(await readFile(signed), { requires, script }));
});

afterAll(() => folder[Symbol.asyncDispose]());

async function sign(path: string, file: string): Promise<void> {
  const home = join(path, 'keys');
  await mkdir(home, { mode: 0o700 });
  const gpg = ['--homedir', home, '--batch', '--passphrase', '', '--quick-generate-key', 'x'];
  await runOk('gpg', [...gpg, 'rsa2048', 'sign']);
  const defines = [
    '--define',
    '__gpg /usr/bin/gpg',
    '--define',
    `_gpg_path ${home}`,
    '--define',
    '_gpg_name x',
  ];
  await runOk('rpmsign', ['--addsign', ...defines, file]);
  await run('gpgconf', ['--homedir', home, '--kill', 'all']);
}

async function ask(file: string, ...query: string[]): Promise<string> {
  return (await runOk('rpm', ['-qp', '--nosignature', ...query, file])).stdout;
}

describe('rewriteRpm', () => {
  it('makes what rpm finds whole, with the requirement and the script', async () => {
    expect((await runOk('rpm', ['-Kv', '--nosignature', after])).stdout).not.toMatch(/BAD|NOT/i);
    expect((await runOk('rpm', ['-K', '--nosignature', after])).stdout).toMatch(/digests OK/);
    expect(await ask(after, '--requires')).toContain(`kernel-uname-r = ${requires.version}\n`);
    expect(await ask(after, '--scripts')).toContain('depmod -a 6.18');
  });

  it('drops the signature, which would be of another header', async () => {
    expect(await ask(signed, '--qf', '%{RSAHEADER:pgpsig}')).toContain('RSA/');
    expect(await ask(after, '--qf', '%{RSAHEADER:pgpsig}')).toBe('(none)');
    expect(isSignedRpm(await readFile(signed))).toBe(true);
  });

  it('changes nothing else in the eyes of rpm', async () => {
    const own =
      /<rpmTag name="(?:Require(?:name|flags|version)|Postin|Sigmd5|Sha\w+header|Rsaheader|Sigpgp|Sigsize|Headerimmutable)">[^]*?<\/rpmTag>/gi;
    const [was, is] = [await ask(before, '--xml'), await ask(after, '--xml')];

    expect(is.replace(own, '')).toBe(was.replace(own, ''));
    expect(was.replace(own, '').length).toBeGreaterThan(3000);
  });

  it('keeps the payload byte for byte', async () => {
    const unpack = `rpm2cpio "$0" | sha256sum`;
    const sum = async (file: string) => (await runOk('sh', ['-c', unpack, file])).stdout;

    expect(await sum(after)).toBe(await sum(before));
  });

  it('makes what rpm installs, and what another rewriting leaves whole', async () => {
    const root = ['--root', join(folder.path, 'root')];
    await mkdir(join(folder.path, 'root'));
    await runOk('rpm', [...root, '-i', '--nodeps', '--noscripts', '--justdb', after]);
    const twice = join(folder.path, 'twice.rpm');
    await writeFile(twice, rewriteRpm(await readFile(after), {}));

    const { stdout } = await runOk('rpm', [...root, '-q', '--requires', 'kmod-x']);

    expect(stdout).toContain('kernel-uname-r = ');
    expect(await readFile(twice)).toEqual(await readFile(after));
  });
});
