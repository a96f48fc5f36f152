import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblems } from './load.ts';
import { parseConfig } from './parse.ts';

const GOOD = `version: 1
name: debian-zfs
base:
  debian: { suite: bookworm, kernel: linux-image-cloud-amd64 }
modules:
  - name: zfs
    debian: zfs-linux
publish:
  registry: oci:./store
  image: debian-zfs
  kmods: kmods-zfs
`;

function problemsIn(text: string): string[] {
  return formatProblems(parseConfig(text, 'lockstep.yaml').problems ?? []);
}

describe('parseConfig', () => {
  it('fills in defaults when only the needed keys are there', () => {
    const stream = parseConfig(GOOD, 'lockstep.yaml').config?.streams[0];

    expect(stream?.publish.stable).toEqual(['latest', 'main-{os_version}']);
    expect(stream?.gates.boot).toBe('load');
    expect(stream?.image).toEqual({ packages: [], enable: [] });
  });

  it('reads several streams', () => {
    const inner = GOOD.replace('version: 1\n', '');
    const listed = inner
      .split('\n')
      .map((line) => `    ${line}`)
      .join('\n')
      .replace('    name', '  - name');

    expect(parseConfig(`version: 1\nstreams:\n${listed}`, 'f').config?.streams).toHaveLength(1);
  });

  it('reports unknown keys, wrong values and missing ones together with their place', () => {
    const text = GOOD.replace('name: zfs\n', 'name: ZFS!\n    colour: red\n').replace(
      '  kmods: kmods-zfs\n',
      '',
    );

    expect(problemsIn(text)).toEqual([
      expect.stringMatching(/^lockstep\.yaml:6:11: modules\[0\]\.name: must be letters/),
      'lockstep.yaml:7:5: modules[0].colour: is not a known key',
      expect.stringMatching(/^lockstep\.yaml:10:3: publish\.kmods: /),
    ]);
  });

  it('says which key may have been meant, and what is missing', () => {
    const text = GOOD.replace('name: debian-zfs', 'nam: debian-zfs').replace('suite', 'suit');

    expect(problemsIn(text)).toEqual([
      'lockstep.yaml:1:1: name: is missing',
      'lockstep.yaml:2:1: nam: is not a known key (did you mean name?)',
      'lockstep.yaml:4:11: base.debian.suite: is missing',
      'lockstep.yaml:4:13: base.debian.suit: is not a known key (did you mean suite?)',
    ]);
  });

  it('reads very many unknown keys before anybody loses patience', () => {
    const keys = Array.from({ length: 40_000 }, (_, at) => `key${at}: 1\n`).join('');

    expect(problemsIn(GOOD + keys)).toHaveLength(40_000);
  });

  it('tells of what is nested without end', () => {
    expect(problemsIn(`${GOOD}x: ${'['.repeat(100_000)}`).length).toBeGreaterThan(0);
  });

  it('takes names of modules as kernels have them, and modules to load as a list', () => {
    const text = GOOD.replace('name: zfs\n', 'name: xt_ACCOUNT\n    load: [xt_ACCOUNT, a-b]\n');

    expect(parseConfig(text, 'f').config?.streams[0]?.modules).toMatchObject([
      { name: 'xt_ACCOUNT', load: ['xt_ACCOUNT', 'a-b'] },
    ]);
    expect(problemsIn(GOOD.replace('name: zfs\n', 'name: zfs\n    load: zfs\n'))).toEqual([
      'lockstep.yaml:7:11: modules[0].load: must be true, false or a list of names of modules',
    ]);
  });

  it('refuses two sources with one name, whichever way it is written', () => {
    const text = (name: string) =>
      GOOD.replace('name: zfs\n', 'name: nf_nat\n').replace(
        'zfs-linux',
        `zfs-linux\n  - { name: ${name}, dkms: x }`,
      );

    expect(problemsIn(text('nf-nat'))).toEqual([
      'lockstep.yaml:8:13: modules[1].name: is that of another already: nf_nat',
    ]);
    expect(problemsIn(text('NF_NAT'))).toEqual([]);
  });

  it('reports a duplicate key', () => {
    expect(problemsIn(`${GOOD}name: again\n`)).toEqual([
      expect.stringMatching(/^lockstep\.yaml:12:1: .*unique/i),
    ]);
  });

  it('wants exactly one kind of module source', () => {
    const text = GOOD.replace('debian: zfs-linux', 'suite: trixie');

    expect(problemsIn(text)).toEqual([expect.stringContaining('exactly one of debian, dkms')]);
  });

  describe('a module that is a commit', () => {
    const withModule = (keys: string, base = 'image: host.example/base:1') =>
      problemsIn(`version: 1
name: x
base: { ${base} }
builder: { image: "host.example/builder:1" }
modules: [{ name: y, ${keys} }]
publish: { registry: "oci:./store", image: x, kmods: y }
`);
    const GIT = 'git: "https://git.example.org/y"';
    const COMMIT = `commit: ${'0a'.repeat(20)}`;

    it('is taken by all its digits, with or without a folder', () => {
      expect(withModule(`${GIT}, ${COMMIT}`)).toEqual([]);
      expect(withModule(`${GIT}, ${COMMIT}, path: drivers/net`)).toEqual([]);
      expect(withModule(`${GIT}, ${COMMIT}, spec: y-kmod.spec`)).toEqual([]);
    });

    it.each([
      [GIT, 'modules[0].git: needs a commit'],
      [`${GIT}, commit: main`, 'modules[0].commit: must be all 40'],
      [`${GIT}, commit: abc1234`, 'a short hash may'],
      [`${GIT}, ${COMMIT}, path: ../x`, 'modules[0].path: must be a folder inside'],
      [`git: "http://git.example.org/y", ${COMMIT}`, 'modules[0].git: must be an https://'],
      [`${GIT}, ${COMMIT}, openzfs: "2.4"`, 'exactly one of'],
      [`${GIT}, ${COMMIT}, spec: y/y-kmod.spec`, 'modules[0].spec: must be the name of a file'],
      [`${GIT}, ${COMMIT}, spec: y.spec`, 'modules[0].spec: must be the name of a file'],
      [`openzfs: "2.4", ${COMMIT}`, 'commit, path and spec belong to git'],
      ['openzfs: "2.4", spec: y-kmod.spec', 'commit, path and spec belong to git'],
    ])('is refused as %s', (keys, why) => {
      expect(withModule(keys)).toEqual([expect.stringContaining(why)]);
    });

    it('is refused on a Debian base', () => {
      const base = 'debian: { suite: trixie, kernel: linux-image-amd64 }';

      expect(withModule(`${GIT}, ${COMMIT}`, base)).toContainEqual(
        expect.stringContaining('modules[0].git: is for bases that are images'),
      );
    });
  });

  describe('a module that others have built', () => {
    const KMODS =
      'kmods: "registry.example.org/ublue-os/akmods-zfs:coreos-stable-{os_version}-{kernel}"';
    const withModules = (modules: string, more = '') =>
      problemsIn(`version: 1
name: x
base: { coreos: stable }
modules: [${modules}]
publish: { registry: "oci:./store", image: x, kmods: y }
${more}`);

    it('needs no builder, but those beside it that are built do', () => {
      const git = `{ name: y, git: "https://git.example.org/y", commit: ${'0a'.repeat(20)} }`;

      expect(withModules(`{ name: zfs, ${KMODS} }`)).toEqual([]);
      expect(withModules(`{ name: zfs, ${KMODS} }, ${git}`)).toEqual([
        expect.stringContaining('needs a builder'),
      ]);
    });

    it.each([
      [`{ name: zfs, ${KMODS}, openzfs: "2.4" }`, '', 'exactly one of'],
      ['{ name: zfs, kmods: "host.example/x:{kernle}" }', '', 'braces that stand for nothing'],
      ['{ name: zfs, kmods: "host.example/x y" }', '', 'must be HOST/NAME'],
      [`{ name: zfs, ${KMODS} }`, 'signing: { key: mok.pem }', 'signing: is for modules that are'],
    ])('is refused as %s %s', (modules, more, why) => {
      expect(withModules(modules, more)).toEqual([expect.stringContaining(why)]);
    });
  });

  it('takes one stable tag, or one for each version', () => {
    const stable = (tags: string) =>
      GOOD.replace('  kmods: kmods-zfs\n', `  kmods: kmods-zfs\n  stable: ${tags}\n`);

    expect(problemsIn(stable('[stable]'))).toEqual([]);
    expect(problemsIn(stable('[latest, "{os_version}-{kernel}", "zfs-{module.zfs}"]'))).toEqual([]);
  });

  it('says which stable tag cannot be one', () => {
    const lines = ['ok', 'candidate-{os_version}', 'zfs-{module.nosuch}', 'a b', 'ok'];
    const list = lines.map((line) => `    - "${line}"\n`).join('');
    const text = GOOD.replace('  kmods: kmods-zfs\n', `  kmods: kmods-br\n  stable:\n${list}`);
    const unmoving = GOOD.replace('kmods-zfs\n', 'kmods-zfs\n  stable: ["{kernel}"]\n');
    const none = GOOD.replace('kmods-zfs\n', 'kmods-zfs\n  stable: []\n');

    expect(problemsIn(text)).toEqual([
      expect.stringMatching(/^lockstep\.yaml:11:10: publish\.kmods: must not end in -br/),
      expect.stringMatching(/^lockstep\.yaml:14:7: publish\.stable\[1\]: could be taken/),
      'lockstep.yaml:15:7: publish.stable[2]: speaks of a module that is not built: nosuch',
      expect.stringMatching(/^lockstep\.yaml:16:7: publish\.stable\[3\]: must be a tag/),
      'lockstep.yaml:17:7: publish.stable[4]: stands there twice',
    ]);
    expect(problemsIn(unmoving)).toEqual([expect.stringContaining(':12:11: publish.stable: must')]);
    expect(problemsIn(none)).toEqual([expect.stringContaining(':12:11: publish.stable: must')]);
  });

  it('says which streams take the place of each other', () => {
    const inner = GOOD.replace('version: 1\n', '').replaceAll(/^/gm, '    ').trimEnd();
    const one = inner.replace('    name', '  - name');
    const text = `version: 1\nstreams:\n${one}\n${one}\n`;

    expect(problemsIn(text)).toEqual([
      'lockstep.yaml:13:11: streams[1].name: is that of stream debian-zfs already',
      'lockstep.yaml:20:7: streams[1].publish.stable[0]: is that of stream debian-zfs already',
    ]);
  });

  it('refuses an overlay outside the project', () => {
    expect(problemsIn(`${GOOD}image: { overlay: ../../etc }\n`)).toEqual([
      expect.stringContaining('must be a path inside the project'),
    ]);
  });

  it('wants names for images of a folder, and keys for hosts that are to judge by them', () => {
    const problems = problemsIn(`${GOOD}trust: { key: "env:KEY", hosts: enforce }\n`);

    expect(problems).toEqual([
      expect.stringContaining('trust: needs as: [HOST/NAME]'),
      expect.stringContaining('trust.hosts: needs public: the keys that hosts are to know'),
    ]);
  });

  it.each([
    ['{ as: [r.example/os] }', ['trust: needs key or keyless']],
    ['{ as: [r.example/os], keyless: true }', ['trust.keyless: needs root where there is no key']],
    [
      '{ as: [r.example/os], keyless: { root: r.json }, public: c.pub, hosts: true, password: p }',
      ['trust.hosts: needs key: policies of hosts name keyless', 'trust.password: opens a key'],
    ],
    [
      '{ as: [r.example/os], key: k, keyless: { root: r.json, identity: me } }',
      ['trust.keyless.identity: needs issuer and root'],
    ],
    [
      '{ as: [r.example/os], keyless: { root: r.json, identity: [me], issuer: "https://i.example" } }',
      [],
    ],
  ])('wants a key or a job that can be known again: trust %s', (trust, expected) => {
    expect(problemsIn(`${GOOD}trust: ${trust}\n`)).toEqual(
      expected.map((text) => expect.stringContaining(text) as string),
    );
  });

  it('says where an alias is that has no anchor, and where aliases grow too far', () => {
    const many = `[${'*a, '.repeat(200)}]`;
    const laughs = `${GOOD}x: &a [1]\ny: &b ${many}\nz: ${many.replaceAll('*a', '*b')}\n`;

    expect(problemsIn(GOOD.replace('debian: zfs-linux', 'debian: *nowhere'))).toEqual([
      expect.stringMatching(/:\d+:\d+: .*nowhere/),
    ]);
    expect(problemsIn(laughs)).toEqual([expect.stringContaining('Excessive alias count')]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(GOOD.length), (noise, at) => {
        const text = GOOD.slice(0, at) + noise + GOOD.slice(at);
        for (const problem of parseConfig(text, 'f').problems ?? []) {
          expect(problem.line).toBeGreaterThan(0);
          expect(problem.column).toBeGreaterThan(0);
        }
      }),
    );
  });
});
