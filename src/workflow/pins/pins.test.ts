import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../system/digest.ts';
import { generateFiles } from '../generate.ts';
import { aProject } from '../testing/project.ts';
import { pinsInFile } from './find.ts';
import { keyProblem, keyringPins } from './keyring.ts';
import { type Pin, repositoryOf } from './pin.ts';
import type { PinnedRepository } from './repository.ts';
import { updateOf, withUpdates } from './update.ts';
import { type Upstream, verifyPin } from './verify.ts';
import { newestVersion } from './version.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const OLD: Digest = `sha256:${'1'.repeat(64)}`;
const NEW: Digest = `sha256:${'2'.repeat(64)}`;

const HAND = `# uses: actions/none@${A} # v1
jobs:
  one:
    container: { image: "host.example/tools:v2@${OLD}" }
    steps:
      - uses: "actions/checkout@${A}" # v4.1.0
      - uses: owner/repo/.github/workflows/x.yml@${B}
      - uses: https://git.example/you/act@${A} # v1
      - uses: docker://alpine:3@${OLD}
      - run: echo ${A}
`;
const CONFIG = `modules:
  - name: one
    git: https://git.example/one
    commit: ${A}
  - { name: two, commit: ${B}, git: "https://git.example/two" }
builder: { image: "quay.io/fedora/fedora:{os_version}@${OLD}" }
`;

const upstream = (repository: Partial<PinnedRepository>, digest?: Digest): Upstream => ({
  repository: () =>
    Promise.resolve({ tags: [], holds: () => Promise.resolve(true), ...repository }),
  image: () => Promise.resolve(digest),
  keyProblem: () => Promise.resolve(undefined),
});
const pinOf = (text: string, file = 'x.yml') => pinsInFile(file, text)[0] as Pin;
const action = pinOf(`- uses: o/r@${A} # v4.1.0`);

describe('pinsInFile', () => {
  it('finds actions and images of workflows written by hand, with their places', () => {
    expect(
      pinsInFile('x.yml', HAND).map(({ kind, name, version, line }) => [kind, name, version, line]),
    ).toEqual([
      ['image', 'host.example/tools:v2', 'v2', 4],
      ['action', 'actions/checkout', 'v4.1.0', 6],
      ['action', 'owner/repo/.github/workflows/x.yml', undefined, 7],
      ['action', 'https://git.example/you/act', 'v1', 8],
      ['image', 'alpine:3', '3', 9],
    ]);
    const [, checkout] = pinsInFile('x.yml', HAND);
    expect(HAND.slice(checkout?.range.from, checkout?.range.to)).toBe(A);
    expect(repositoryOf(checkout!)).toBe('https://github.com/actions/checkout');
  });

  it('finds commits of module sources with the addresses that they belong to', () => {
    expect(
      pinsInFile('lockstep.yaml', CONFIG).map(({ kind, name, at }) => [kind, name, at]),
    ).toEqual([
      ['commit', 'https://git.example/one', A],
      ['commit', 'https://git.example/two', B],
      ['image', 'quay.io/fedora/fedora:{os_version}', OLD],
    ]);
  });

  it('takes the address of a commit from its own module, wherever both stand', () => {
    const text = `modules:
  - name: a
    git: https://git.example/a
    commit: ${A}
  - name: b
    commit: ${B}
    load: [one_module, two_module, three_module, four_module, five_module, six_module]
    # a fork of git: https://git.example/a
    git: >-
      https://git.example/b
  - "git": https://git.example/c
    "commit":
      '${'c'.repeat(40)}'
# commit: ${A}
`;
    const found = pinsInFile('lockstep.yaml', text);

    expect(found.map(({ name, at, line }) => [name, at, line])).toEqual([
      ['https://git.example/a', A, 4],
      ['https://git.example/b', B, 6],
      ['https://git.example/c', 'c'.repeat(40), 13],
    ]);
    for (const { at, range } of found) expect(text.slice(range.from, range.to)).toBe(at);
  });

  it('follows aliases, and reads no text that lies too deep', () => {
    const text = `x: &r https://git.example/r\nmodules: [{ git: *r, commit: ${A} }]\n`;

    expect(pinsInFile('lockstep.yaml', text)).toMatchObject([
      { kind: 'commit', name: 'https://git.example/r', at: A },
    ]);
    expect(pinsInFile('lockstep.yaml', '['.repeat(50_000))).toEqual([]);
  });

  it('finds every action of generated workflows, and lockstep itself', () => {
    const found = generateFiles(aProject()).flatMap(({ path, text }) => pinsInFile(path, text));
    const uses = generateFiles(aProject()).flatMap(({ text }) => text.match(/uses: /g) ?? []);

    expect(found.filter(({ kind }) => kind === 'action')).toHaveLength(uses.length);
    expect(found.filter(({ version }) => !version)).toMatchObject([
      { kind: 'program', at: '0.1.0' },
    ]);
  });
});

describe('keyringPins', () => {
  const key = { fingerprint: 'F'.repeat(40), revoked: false };
  const text = '# openzfs: no\nmodules:\n  - { name: zfs, openzfs: "2.4" }\n';
  const [pin] = keyringPins('lockstep.yaml', text, [key]);

  it('is the keys of releases, where a module takes one', () => {
    expect(pin).toMatchObject({ kind: 'keyring', at: key.fingerprint, line: 3, column: 18 });
    expect(keyringPins('lockstep.yaml', 'modules: [{ name: a, dkms: a-dkms }]\n', [key])).toEqual(
      [],
    );
  });

  it('is held against what the key says of itself, and never renewed', async () => {
    const now = new Date('2026-11-27');
    const expired = { ...key, expires: new Date('2026-01-01') };

    expect(keyProblem(key, now)).toBeUndefined();
    expect(keyProblem({ ...key, expires: new Date('2027-01-01') }, now)).toBeUndefined();
    expect(keyProblem({ ...key, revoked: true }, now)).toBe('was revoked');
    const from = { ...upstream({}), keyProblem: () => Promise.resolve(keyProblem(expired, now)) };
    expect(pin && (await verifyPin(pin, from))).toMatchObject([
      { rule: 'unusable-key', message: expect.stringContaining('expired on 2026-01-01') as string },
    ]);
    expect(pin && (await updateOf(pin, from, { program: '1.0.0' }))).toBeUndefined();
  });
});

describe('newestVersion', () => {
  const tags = ['v4', 'v4.1.0', 'v4.2.0', 'v4.10.0', 'v5.0.0', 'v6.0.0-rc1', 'latest'].map(
    (tag) => ({ tag, commit: tag }),
  );

  it.each([
    ['v4.1.0', false, 'v4.10.0'],
    ['v4', false, 'v4.10.0'],
    ['v4.1.0', true, 'v5.0.0'],
    ['v5.0.0', false, 'v5.0.0'],
    ['v7', true, undefined],
    ['main', true, undefined],
    [undefined, true, undefined],
  ])('after %s (major: %s) is %s', (now, major, newest) => {
    expect(newestVersion(tags, now, { major })?.tag).toBe(newest);
  });
});

describe('verifyPin', () => {
  const rules = async (pin: Pin, from: Upstream) =>
    (await verifyPin(pin, from)).map(({ rule, severity }) => `${severity} ${rule}`);
  const tags = [{ tag: 'v4.1.0', commit: A }];

  it('says of each pin what is wrong with it', async () => {
    expect(await rules(action, upstream({ tags }))).toEqual([]);
    expect(await rules(action, upstream({ tags: [{ tag: 'v4.1.0', commit: B }] }))).toEqual([
      'error other-version',
    ]);
    expect(await rules(action, upstream({ tags, holds: () => Promise.resolve(false) }))).toEqual([
      'error foreign-commit',
    ]);
    expect(await rules(action, upstream({}))).toEqual(['warning unknown-version']);
    expect(await rules(pinOf(`image: a/b:c@${OLD}`), upstream({}))).toEqual(['error gone']);
    expect(await rules(pinOf(`image: a/b:c@${OLD}`), upstream({}, OLD))).toEqual([]);
  });
});

describe('withUpdates', () => {
  it('changes the bytes of the pins and nothing else', async () => {
    const tags = [
      { tag: 'v4.2.0', commit: B },
      { tag: 'v1', commit: A },
    ];
    const options = { program: '9.9.9' };
    const found = await Promise.all(
      pinsInFile('x.yml', HAND).map((pin) => updateOf(pin, upstream({ tags }, NEW), options)),
    );

    expect(
      withUpdates(
        HAND,
        found.filter((one) => one != null),
      ),
    ).toBe(HAND.replaceAll(OLD, NEW).replace(`checkout@${A}" # v4.1.0`, `checkout@${B}" # v4.2.0`));
  });

  it('leaves what is found in it as many, whatever stands around', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const text = `${before}\n- uses: o/r@${A} # v4.1.0\n${after}`;
        const pin = pinsInFile('x.yml', text).find(({ name }) => name === 'o/r');

        expect(withUpdates(text, [{ pin: pin!, at: B, version: 'v5' }])).toBe(
          `${before}\n- uses: o/r@${B} # v5\n${after}`,
        );
      }),
    );
  });
});
