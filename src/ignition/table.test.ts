import { describe, expect, it } from 'vitest';
import { buildButane, documentText } from './build.ts';
import type { Field, Fields, Value } from './schema/type.ts';
import { butaneNamed, butaneNames } from './variants/versions.ts';

/**
 * What Butane's own pages say, beside what Butane 0.29 answers (cases.test.ts): its fields are those
 * of Ignition in snake case, and its sugar is told in "Upgrading" and in the specification of each
 * version.
 */
async function built(text: string) {
  const { document, findings } = await buildButane([{ file: 'x.bu', text }]);
  return {
    document: document && (JSON.parse(documentText(document)) as Record<string, unknown>),
    findings: findings.map(({ severity, line, column }) => `${severity} ${line}:${column}`),
  };
}

/** Documents in which a field can stand alone. */
const AROUND: Record<string, object> = {
  'passwd.users': { name: 'u' },
  'passwd.groups': { name: 'g' },
  'storage.disks': { device: '/dev/a', wipe_table: true },
  'storage.disks.partitions': { number: 1 },
  'storage.directories': { path: '/d' },
  'storage.files': { path: '/f' },
  'storage.links': { path: '/l', target: '/t' },
  'storage.filesystems': { device: '/dev/a', format: 'ext4' },
  'storage.luks': { name: 'l', device: '/dev/a' },
  'storage.luks.clevis.tang': { url: 'http://t', thumbprint: 'x' },
  'storage.raid': { name: 'r', level: 'raid1', devices: ['/dev/a', '/dev/b'] },
  'systemd.units': { name: 'a.service' },
  'systemd.units.dropins': { name: 'a.conf' },
  'ignition.config.merge': { source: 'http://h/x' },
  'ignition.config.replace': { source: 'http://h/x' },
  'ignition.security.tls.certificate_authorities': { source: 'http://h/x' },
  'storage.files.contents': { source: 'http://h/x' },
  'storage.files.append': { source: 'http://h/x' },
  'storage.luks.key_file': { source: 'http://h/x' },
  'storage.luks.clevis.custom': { pin: 'tpm2', config: '{}' },
};

/** Values that suit a field by more than its type. */
const VALUES: Record<string, Value> = {
  compression: 'gzip',
  hash: `sha256-${'a'.repeat(64)}`,
  http_proxy: 'http://p',
  https_proxy: 'https://p',
  source: 'https://h/y',
  url: 'https://t2',
  format: 'xfs',
  level: 'raid5',
  pin: 'tang',
  guid: '01234567-89AB-CDEF-EDCB-A98765432101',
  type_guid: '01234567-89AB-CDEF-EDCB-A98765432102',
  size_mib: 9_000_000_000_000,
  device: '/dev/other',
  devices: ['/dev/c', '/dev/d'],
  path: '/other',
  target: '/elsewhere',
  mode: 0o640,
  advertisement: '{"payload": "x"}',
};

/** Butane's own words, for which Ignition has none: cases.test.ts has them. */
const SUGAR =
  /^(?:variant|version|boot_device|grub)\b|\.(?:local|inline|with_mount_unit|trees|ssh_authorized_keys_local|contents_local|cex)\b|^systemd\.units\.(?:name|contents)|dropins\.(?:name|contents)|quadlets|should_exist$/;

interface Leaf {
  path: string[];
  field: Field;
}

function leaves(fields: ReadonlyMap<string, Field>, path: string[] = []): Leaf[] {
  return [...fields].flatMap(([name, field]) => {
    const here = [...path, name];
    if (SUGAR.test(here.join('.')) || here.length > 7) return [];
    const { type } = field;
    const item = type.kind === 'list' ? type.item : type;
    return item.kind === 'struct' ? leaves(item.fields, here) : [{ path: here, field }];
  });
}

function valueOf(name: string, { type }: Field): Value {
  const known = VALUES[name];
  if (known != null) return known;
  if (type.kind === 'list') return ['x'];
  return type.kind === 'int' ? 3 : type.kind === 'bool' ? true : 'x';
}

const LISTS =
  /^(?:users|groups|disks|partitions|directories|files|links|filesystems|luks|tang|raid|units|dropins|merge|certificate_authorities|append|http_headers)$/;

/** A document with one field, and what stands around it. */
function documentWith({ path, field }: Leaf): Fields {
  const root: Fields = {};
  let at = root;
  for (const [index, name] of path.slice(0, -1).entries()) {
    const inner: Fields = { ...AROUND[path.slice(0, index + 1).join('.')] };
    const isList = LISTS.test(name) && !(name === 'groups' && index > 1);
    at[name] = isList ? [inner] : inner;
    at = inner;
  }
  at[path.at(-1) ?? ''] = valueOf(path.at(-1) ?? '', field);
  return root;
}

/** In Ignition's names. */
function ignitionOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ignitionOf);
  if (value == null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const camel = name
        .replace(/_mib$/, 'MiB')
        .replaceAll(/_(.)/g, (_, one: string) => one.toUpperCase());
      return [camel, ignitionOf(inner)];
    }),
  );
}

describe('every field of every version', () => {
  it.each(butaneNames)('%s: arrives in Ignition as it was written, or is refused', async (name) => {
    const [variant = '', version = ''] = name.split(' ');
    const known = butaneNamed(variant, version);
    if (!known) throw new Error('not known');
    let arrived = 0;
    for (const leaf of leaves(known.struct.fields)) {
      const said = documentWith(leaf);
      const text = JSON.stringify({ variant, version, ...said });

      const { document, findings } = await built(text);

      const wanted = ignitionOf(said) as { ignition?: object };
      const refused = findings.some((finding) => finding.startsWith('error'));
      expect(document != null, `${text} ${findings.join()}`).toBe(!refused);
      if (!document) continue;
      arrived++;
      expect(document, leaf.path.join('.')).toEqual({
        ...wanted,
        ignition: { ...wanted.ignition, version: known.ignition.version },
      });
    }
    expect(arrived).toBeGreaterThan(40);
  });
});

const FCOS = 'variant: fcos\nversion: 1.7.0\n';

describe('findings that Ignition and Butane tell of', () => {
  it.each([
    [
      'a proxy that is no URL of http',
      'ignition: {proxy: {http_proxy: "ftp://p"}}',
      ['error 3:32'],
    ],
    [
      'an owner by id and by name',
      'storage: {files: [{path: /a, user: {id: 1, name: a}}]}',
      ['error 3:36'],
    ],
    [
      'a GUID that is none',
      'storage: {disks: [{device: /dev/a, wipe_table: true, partitions: [{number: 1, guid: x}]}]}',
      ['error 3:85'],
    ],
    ['a filesystem without a device', 'storage: {filesystems: [{format: ext4}]}', ['error 3:25']],
    ['a relative path', 'storage: {links: [{path: a, target: b}]}', ['error 3:26']],
    ['an unknown key', 'storage: {filez: []}', ['warning 3:11']],
    ['a mode in decimal', 'storage: {files: [{path: /a, mode: 644}]}', ['warning 3:36']],
  ])('%s', async (_, body, findings) => {
    expect((await built(`${FCOS}${body}\n`)).findings).toEqual(findings);
  });
});

describe('sugar, by the specification of fcos 1.7', () => {
  it('mirrors a boot disk of x86_64', async () => {
    const text = `${FCOS}boot_device: {layout: x86_64, mirror: {devices: [/dev/sda, /dev/sdb]}}\n`;
    const { document } = await built(text);
    const { disks, raid, filesystems } = (document?.['storage'] ?? {}) as Record<string, Fields[]>;

    expect(disks?.map(({ device, wipeTable }) => [device, wipeTable])).toEqual([
      ['/dev/sda', true],
      ['/dev/sdb', true],
    ]);
    const labels = disks?.map(({ partitions }) =>
      (partitions as Fields[]).map(({ label }) => label),
    );
    expect(labels).toEqual([
      ['bios-1', 'esp-1', 'boot-1', 'root-1'],
      ['bios-2', 'esp-2', 'boot-2', 'root-2'],
    ]);
    expect(raid?.map(({ name, level }) => [name, level])).toEqual([
      ['md-boot', 'raid1'],
      ['md-root', 'raid1'],
    ]);
    expect(filesystems?.map(({ device }) => device)).toContain('/dev/md/md-root');
  });

  it('encrypts the root by Tang and TPM 2 together, two of which are needed', async () => {
    const tang = '{url: "http://t", thumbprint: x}';
    const { document } = await built(
      `${FCOS}boot_device: {luks: {tpm2: true, threshold: 2, tang: [${tang}]}}\n`,
    );

    expect(document?.['storage']).toEqual({
      filesystems: [
        { device: '/dev/mapper/root', format: 'xfs', label: 'root', wipeFilesystem: true },
      ],
      luks: [
        {
          clevis: { tang: [{ thumbprint: 'x', url: 'http://t' }], threshold: 2, tpm2: true },
          device: '/dev/disk/by-partlabel/root',
          label: 'luks-root',
          name: 'root',
          wipeVolume: true,
        },
      ],
    });
  });
});
