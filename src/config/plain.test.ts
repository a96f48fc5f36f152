import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutateLines } from '../file/testing/mutate-lines.ts';
import { parseConfig } from './parse.ts';
import { plainConfig } from './plain.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const examples = globSync('*/lockstep.yaml', { cwd: EXAMPLES }).map((file) =>
  readFileSync(join(EXAMPLES, file), 'utf8'),
);
const MANY = `version: 1
streams:
  - name: one
    base: { debian: { suite: bookworm, kernel: linux-image-cloud-amd64 } }
    modules: [{ name: zfs, debian: zfs-linux }]
    publish: { registry: "oci:./store", image: one, kmods: kmods }
  - name: two
    base: { debian: { suite: trixie, kernel: linux-image-amd64 } }
    modules:
      - name: zfs
        debian: zfs-linux
      - name: v4l2loopback
        dkms: v4l2loopback-dkms
    publish: { registry: "oci:./store", image: two, kmods: kmods-two }
`;
/** Most keys that there are. */
const FULL = `version: 1
name: kinoite-zfs
base: { image: "host.example/base:latest", kernels: newest }
builder: { image: "host.example/builder:{os_version}", packages: [gcc] }
modules:
  - { name: zfs, openzfs: "2.4", allow_experimental: true, load: [zfs, spl] }
  - name: own
    git: https://git.example/own.git
    commit: 0123456789abcdef0123456789abcdef01234567
signing: { key: env:KEY, passphrase: env:PASS }
image:
  packages: [vim]
  overlay: overlay
publish:
  registry: host.example/me
  image: kinoite-zfs
  kmods: kmods-zfs
  stable: [latest, "main-{os_version}", "{kernel}"]
  compression: zstd:chunked
gates: { boot: zfs }
trust:
  key: env:COSIGN_KEY
  public: [a.pub, b.pub]
  hosts: enforce
ignition: { source: butane.yaml, variables: { host: nas, size: 10, on: true } }
ci:
  engine: github # the default
  schedule: "0 6 * * *"
  timeout_minutes: 90
  ignore: ["**/*.md"]
`;
const texts = [...examples, MANY, FULL];

function wholePlace(text: string, stream: string, key: string) {
  const { config, ...rest } = parseConfig(text, 'x');
  return config && 'placeOf' in rest ? rest.placeOf(stream, key) : undefined;
}

describe('plainConfig', () => {
  it('reads the examples, several streams, and nearly all keys', () => {
    expect(examples.length).toBeGreaterThan(1);
    for (const text of texts)
      expect(plainConfig(text)?.config).toEqual(parseConfig(text, 'x').config);
    expect(plainConfig(MANY)?.config.streams).toHaveLength(2);
    expect(plainConfig(FULL)).toBeDefined();
  });

  it('reads what hands make of them as the whole reader does, or leaves it to that', () => {
    let plain = 0;
    for (let seed = 1; seed <= 1500; seed++) {
      const text = mutateLines(texts[seed % texts.length] ?? '', seed);
      const found = plainConfig(text);
      if (!found) continue;
      expect(found.config, `seed ${seed}: ${text}`).toEqual(parseConfig(text, 'x').config);
      plain++;
    }
    expect(plain).toBeGreaterThan(100);
  });

  it.each([
    ['one', 'name'],
    ['two', 'modules.zfs'],
    ['two', 'modules.v4l2loopback'],
    ['two', 'modules[1].dkms'],
    ['two', 'modules[7]'],
    ['one', 'publish.kmods'],
    ['one', 'image.enable[0]'],
    ['three', 'name'],
    ['one', 'name.more'],
  ])('finds %s %s where the whole reader finds it', (stream, key) => {
    const place = plainConfig(MANY)?.placeOf(stream, key);

    expect(place).toBeDefined();
    expect(place).toEqual(wholePlace(MANY, stream, key));
  });

  it('finds keys of a stream that is alone', () => {
    for (const text of texts)
      for (const key of ['name', 'base', 'modules[0].name', 'publish.stable[0]', 'nothing'])
        expect(plainConfig(text)?.placeOf('x', key)).toEqual(wholePlace(text, 'x', key));
  });

  it('leaves what is wrong to the whole reader', () => {
    const long = FULL.replace('variables: {', `variables: {\n"${'k'.repeat(1100)}": x,`);
    const key = `${MANY}    ignition:\n      source: b\n      variables:\n        ${'k'.repeat(1100)}: x\n`;
    for (const text of ['', 'a: b', 'version: 1\n', MANY.replace('trixie', '[]'), long, key])
      expect(plainConfig(text)).toBeUndefined();
  });
});
