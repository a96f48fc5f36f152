import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../../system/program.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import { networkSettings, readMachineApt } from './machine.ts';

describe(networkSettings, () => {
  it('keeps how servers are reached, and nothing that weakens or decides for lockstep', () => {
    const dump = `APT::Architecture "amd64";
APT::Update::Post-Invoke:: "rm -rf /var/cache";
Acquire::http::Proxy "http://proxy.example:3128";
Acquire::https::CaInfo "/etc/ssl/own.pem";
Acquire::AllowInsecureRepositories "1";
Acquire::Languages:: "de";
Acquire::IndexTargets::deb::DEP-11::MetaKey "x";
Acquire::GzipIndexes "true";`;

    expect(networkSettings(dump)).toEqual([
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::https::CaInfo "/etc/ssl/own.pem";',
    ]);
  });
});

describe(readMachineApt, () => {
  it('reads both forms of sources from where the apt of the machine has them', async (test) => {
    if (!findProgram('apt-config', process.env)) test.skip('apt is not installed');
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await mkdir(at('parts'));
    await writeFile(at('main.list'), 'deb http://a.example/debian bookworm main\n');
    await writeFile(at('parts/b.list'), 'deb http://b.example/debian sid main\n');
    await writeFile(at('parts/c.list.disabled'), 'deb http://c.example/debian sid main\n');
    await writeFile(
      at('parts/d.sources'),
      'Types: deb\nURIs: http://d.example/debian\nSuites: trixie\nComponents: main\n',
    );
    const settings = [
      'Dir::Etc::parts "/dev/null";',
      'Dir::Etc::main "/dev/null";',
      `Dir::Etc::sourcelist "${at('main.list')}";`,
      `Dir::Etc::sourceparts "${at('parts')}";`,
      'Acquire::http::Proxy "http://me:secret@proxy.example";',
      'APT::Architecture "arm64";',
    ];
    await writeFile(at('apt.conf'), settings.join('\n'));

    const machine = await readMachineApt({ PATH: process.env.PATH, APT_CONFIG: at('apt.conf') });

    expect(machine.architecture).toBe('arm64');
    expect(machine.sources.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://a.example/debian bookworm',
      'http://b.example/debian sid',
      'http://d.example/debian trixie',
    ]);
    expect(machine.network).toContain('Acquire::http::Proxy "http://me:secret@proxy.example";');
    expect(machine.network.some((line) => line.startsWith('Dir::Etc::trustedparts'))).toBe(true);
  });
});
