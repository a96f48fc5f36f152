import { seededChoice } from '../../system/testing/random.ts';
import type { Fields, Type, Value } from '../schema/type.ts';
import type { SpecVersion } from '../spec/version.ts';

const long = (length: number, char = 'x') => char.repeat(length);
const texts = (all: string) => all.split('|');

/** Texts that rules look at, by field: good ones, bad ones and those at a limit. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  source: [
    ...texts('http://h/x|https://h:8|ftp://h|s3://b/k|s3://b/k?versionId=|gs://b/o|tftp://h/f|'),
    ...texts('data:,x|data:,a b|data:,%2|data:,a#b|data:;base64,YQ==|data:;base64,YQ|DATA:,x'),
    ...texts('data:;base64,YQ%3D%3D|data:a/b,x|data:text/a;b="c d",x|data:;a=%zz,x'),
    ...texts('arn:aws:s3:::b/k|:|http://[::1|/a|HTTP://h|http://h:x/'),
  ],
  path: texts('/a|/a/b|/l|/l/x|/a/|/a//b|/||a|/etc/systemd/system/a.service'),
  target: texts('/a|/a/b|b||../a'),
  device: texts('/dev/a|/dev/b|/dev/a/|rel|'),
  name: texts('a|a.service|b.timer|a.conf|a/b||a@b.service|.service|a.Service'),
  url: texts('http://t|ftp://t||:'),
  hash: [
    ...texts('sha512-1|md5-1|x|'),
    `sha512-${long(128, 'a')}`,
    `sha256-${long(64, 'a')}`,
    `sha512-${long(64, 'ä')}`,
  ],
  compression: texts('gzip||x'),
  format: texts('ext4|xfs|btrfs|vfat|swap|none||zfs'),
  label: [
    'a',
    '',
    'a:b',
    long(19, 'ä'),
    ...[11, 12, 16, 17, 36, 37, 47, 48, 257].map((n) => long(n)),
  ],
  level: texts('raid0|raid1|linear|x|'),
  guid: texts('01234567-89AB-CDEF-EDCB-A98765432101||x'),
  contents: [
    ...texts('[Unit]\nA=b|[Install]\nA=b||[Unit|A|[Unit]x\nA=b|[Install]\nA=b\\\n c'),
    `[Unit]\nA=${long(3000)}`,
  ],
  pin: texts('tpm2|x|'),
  value: texts('v|'),
  httpProxy: texts('http://p|ftp://p|:'),
  httpsProxy: texts('http://p|https://p|'),
};

const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  mode: [0o644, 0, 0o7777, 0o10000, -1, 0o4755],
  number: [0, 1, 2, -1],
  sizeMiB: [0, 1, 100],
  startMiB: [0, 1, 100, 101],
};

/** A document of a version, right or wrong, the same for the same seed. */
export function generated({ version, struct }: SpecVersion, seed: number): Fields {
  const below = seededChoice(seed);
  const pick = <T>(list: readonly T[]) => list[below(list.length)] as T;
  const value = (type: Type, name: string, depth: number): Value => {
    if (below(150) === 0) return pick<Value>([[], {}, 1, 'x', true]);
    if (type.kind === 'list')
      return Array.from({ length: pick([0, 1, 1, 2, 3]) }, () =>
        value(type.item, name === 'devices' ? 'device' : name, depth + 1),
      );
    if (type.kind === 'bool') return below(2) === 0;
    if (type.kind === 'int') return pick(NUMBERS[name] ?? [0, 1, 1000]);
    if (type.kind !== 'struct') return pick(TEXTS[name] ?? ['a', 'b', '']);
    const fields: Fields = {};
    for (const [inner, field] of type.fields) {
      const wanted =
        depth < 2 ? below(3) > 1 : field.presence === 'always' ? below(5) > 0 : below(5) > 2;
      if (inner !== 'version' && wanted) fields[inner] = value(field.type, inner, depth + 1);
    }
    return fields;
  };
  const document = value(struct, '', 0);
  const fields = typeof document === 'object' && !Array.isArray(document) ? document : {};
  const { ignition } = fields;
  const head = typeof ignition === 'object' && !Array.isArray(ignition) ? ignition : {};
  return { ...fields, ignition: { ...head, version } };
}
