import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { buildButane, documentText } from '../build.ts';
import { findingText } from '../finding.ts';
import { expandContext } from './values.ts';

const HEAD = 'variant: fcos\nversion: 1.7.0\n';
const SECRET = 'correct-horse-battery';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const put = (name: string, text: string) => writeFileSync(join(folder.path, name), text);

async function build(body: string) {
  const expand = expandContext({
    variables: { name: 'nas', big: '18014398509481985', path: 'not/absolute', list: '[a, b]' },
    secrets: { key: 'env:KEY' },
    env: { KEY: SECRET },
    project: folder.path,
    configFile: 'lockstep.yaml',
  });
  const built = await buildButane([{ file: 'x.bu', text: HEAD + body }], { expand });
  const text = built.document && documentText(built.document);
  return { text, findings: built.findings.map(findingText) };
}

const hostname = (value: string) =>
  `storage:\n  files:\n    - path: /etc/hostname\n      contents:\n        inline: ${value}\n`;

describe('tags', () => {
  it('become values, never YAML', async () => {
    expect((await build(hostname('!var name'))).text).toContain('data:,nas');
    expect((await build(hostname('!var list'))).text).toContain('data:,%5Ba%2C%20b%5D');
    expect((await build(hostname('!format "{{{name}}}"'))).text).toContain('data:,%7Bnas%7D');
    const size = '{ label: a, number: 1, size_mib: !var big }';
    expect(
      (await build(`storage: { disks: [{ device: /dev/a, partitions: [${size}] }] }\n`)).text,
    ).toContain('"sizeMiB":18014398509481985');
  });

  it.each([
    ['!var nobody', 'nothing says what nobody is: --set nobody=…, or ignition.variables'],
    ['!format "{nobody}"', 'nothing says what nobody is: --set nobody=…, or ignition.variables'],
    ['!format "a}"', 'a brace is alone; write }} for it'],
    ['!secret nobody', 'ignition.secrets of lockstep.yaml has no nobody'],
    ['!include nobody.bu', 'nobody.bu: there is no such file'],
  ])('that cannot be replaced are told with place and path: %s', async (value, message) => {
    expect(await build(hostname(value))).toEqual({
      text: undefined,
      findings: [`x.bu:7:17: error: $.storage.files.0.contents.inline: ${message}`],
    });
  });

  it('are told with both places when their value is wrong', async () => {
    const { findings } = await build('storage:\n  files:\n    - path: !var path\n');

    expect(findings).toEqual([
      expect.stringMatching(
        /^x\.bu:5:13: error: \$\.storage\.files\.0\.path: .* \(its value is from lockstep\.yaml: ignition\.variables\.path\)$/,
      ),
    ]);
  });

  it('keep secrets out of findings', async () => {
    const { findings } = await build('storage:\n  files:\n    - path: !secret key\n');

    expect(findings).toHaveLength(1);
    expect(findings.join()).not.toContain(SECRET);
  });
});

describe('!include', () => {
  it('puts what another file holds in its place, findings at that file', async () => {
    put('files.yaml', '- path: /a\n- path: b\n');

    expect((await build('storage:\n  files: !include files.yaml\n')).findings).toEqual([
      expect.stringMatching(/^files\.yaml:2:9: error: \$\.storage\.files\.1\.path: /),
    ]);
  });

  it('cannot leave its folder, by name or by link', async () => {
    mkdirSync(join(folder.path, 'in'));
    put('out.yaml', '/x\n');
    symlinkSync('../out.yaml', join(folder.path, 'in/link.yaml'));
    put('in/up.yaml', '!include ../out.yaml\n');
    put('in/through.yaml', '!include link.yaml\n');
    const include = (name: string) => build(hostname(`!include ${name}`));

    expect((await include('../out.yaml')).findings[0]).toContain('leads out of');
    expect((await include('/etc/passwd')).text).toBeUndefined();
    expect((await include('in/up.yaml')).findings[0]).toMatch(/^in\/up\.yaml:1:1: .*leads out of/);
    expect((await include('in/through.yaml')).findings[0]).toContain('leads out of');
  });

  it('cannot go round, nor deeper than 16 files', async () => {
    put('a.yaml', '!include b.yaml\n');
    put('b.yaml', '!include a.yaml\n');
    for (let at = 0; at < 20; at++) put(`d${at}.yaml`, `!include d${at + 1}.yaml\n`);
    put('d20.yaml', 'end\n');
    const include = (name: string) => build(hostname(`!include ${name}`));

    expect((await include('a.yaml')).findings).toEqual([
      expect.stringMatching(/^b\.yaml:1:1: error: .*a\.yaml includes itself$/),
    ]);
    expect((await include('d0.yaml')).findings).toEqual([
      expect.stringMatching(/^d15\.yaml:1:1: error: .*more than 16 deep$/),
    ]);
    expect((await include('d5.yaml')).text).toContain('data:,end');
  });

  it('cannot be multiplied without end', async () => {
    for (let at = 0; at < 12; at++) {
      const next = `!include m${at + 1}.yaml`;
      put(`m${at}.yaml`, `[${Array.from({ length: 10 }, () => next).join(', ')}]\n`);
    }
    put('m12.yaml', 'x\n');

    const { text, findings } = await build('storage:\n  files: !include m0.yaml\n');

    expect(text).toBeUndefined();
    expect(findings[0]).toMatch(/: error: .*more than 1000 files/);
    expect(findings.length).toBeLessThan(200);
  });
});
