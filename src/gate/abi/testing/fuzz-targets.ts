import { generateKeyPairSync } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { xz } from '@napi-rs/lzma';
import { decompressBytes } from '../../../file/compression/compression.ts';
import { checkModuleBtf, readKernelBtf } from '../../../kernel/btf/check.ts';
import { readElf } from '../../../kernel/elf/elf.ts';
import { readKernelExports } from '../../../kernel/image/exports.ts';
import { readKernelImage } from '../../../kernel/image/image.ts';
import { readSymvers } from '../../../kernel/image/symvers.ts';
import { readBuiltinNames } from '../../../kernel/index/builtin-names.ts';
import { readModuleIndex } from '../../../kernel/index/module-index.ts';
import { readModulesAlias, readModulesDep } from '../../../kernel/index/module-lists.ts';
import { readModinfo } from '../../../kernel/module/modinfo.ts';
import { findCertificates } from '../../../kernel/signature/certificate.ts';
import { readPkcs7 } from '../../../kernel/signature/pkcs7.ts';
import { readSignatureTrailer } from '../../../kernel/signature/signature.ts';
import { aBtf, info } from '../../../kernel/testing/btf-builder.ts';
import { aKernelModule } from '../../../kernel/testing/module-builder.ts';
import { aSignature, withTrailer } from '../../../kernel/testing/signature-builder.ts';
import { readAr } from '../../../package/deb.ts';
import { readRpm } from '../../../package/rpm.ts';
import { checkModules } from '../check-modules.ts';
import { inspectModule } from '../module/inspect.ts';
import { aModuleIndex } from './index-builder.ts';
import { aKernel } from './kernel-builder.ts';

/** One reader of foreign bytes. */
export interface FuzzTarget {
  name: string;
  read: (input: Uint8Array) => unknown;
  samples: () => readonly Uint8Array[];
  /** Real files given from outside are samples too. */
  takesFiles?: boolean;
}

const LIMIT = 16 << 20;
const kernel = aKernel({ exports: [{ name: 'kmalloc' }, { name: 'secret', namespace: 'MEM' }] });
const modern = aKernel({
  release: '7.2.0',
  loader: { readsExportFlags: true, readsExtendedVersions: true, checksSymbolNames: true },
});

const plain = aKernelModule({
  imports: { kmalloc: 1, secret: 1 },
  modinfo: { import_ns: 'MEM', alias: ['pci:v*', 'fs-sample'] },
  exports: [
    { name: 'one', crc: 1 },
    { name: 'two', crc: 2, gplOnly: true, namespace: 'OWN' },
  ],
});
const extended = aKernelModule({
  extendedVersions: { module_layout: 1, kmalloc: 2 },
  exports: [{ name: 'one', crc: 1, gplOnly: true }],
  exportFlags: true,
});
const message = aSignature({
  content: plain,
  key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
});
const signed = withTrailer(plain, message);
const modules = [plain, extended, signed];
const packed = [gzipSync(plain), zstdCompressSync(plain), xz.compressSync(plain)];
const symvers = Buffer.from(
  '0x12345678\tkmalloc\tvmlinux\tEXPORT_SYMBOL_GPL\tNS\n0x0\tx\tdrivers/a-b\tEXPORT_SYMBOL\t\n',
);
const index = aModuleIndex([
  { key: 'pci:v*', value: 'sample' },
  { key: 'pci:x', value: 'other' },
  { key: 'symbol:one', value: 'sample' },
]);
const types = aBtf({
  strings: ['int', 'task'],
  types: [1, info(1), 4, 32, 5, info(4, 1), 8, 1, 1, 0],
});
const split = aBtf({ isSplit: true, strings: ['own'], types: [10, info(8), 1, 0, info(2), 2] });
const typed = readKernelBtf(types, modern.loader.btf);
const dep = Buffer.from('kernel/a.ko: kernel/b.ko kernel/c.ko\nalias pci:v* sample\n');
const ar = Buffer.from(`!<arch>\n${'debian-binary'.padEnd(48)}${'4'.padEnd(10)}\`\n2.0\n`);

/** Every reader that the gate gives foreign bytes to. */
export const targets: readonly FuzzTarget[] = [
  {
    name: 'module',
    read: (content) =>
      checkModules([inspectModule({ file: 'sample.ko', content }, kernel)], kernel),
    samples: () => modules,
    takesFiles: true,
  },
  {
    name: 'module for a modern kernel',
    read: (content) =>
      checkModules([inspectModule({ file: 'sample.ko', content }, modern)], modern),
    samples: () => modules,
  },
  {
    name: 'compressed module',
    read: (content) => inspectModule({ file: 'sample.ko.xz', content }, kernel).findings,
    samples: () => packed,
  },
  {
    name: 'decompression',
    read: (input) => decompressBytes(input, LIMIT).length,
    samples: () => packed,
  },
  {
    name: 'kernel image',
    read: (input) =>
      readKernelExports(readElf(readKernelImage(input, (bytes) => decompressBytes(bytes, LIMIT)))),
    samples: () => [plain, ...packed],
  },
  {
    name: 'built-in names',
    read: (input) => readBuiltinNames(readElf(input)),
    samples: () => modules,
  },
  {
    name: 'modinfo',
    read: (input) => readModinfo(input).entries,
    samples: () => [plain.subarray(128, 400)],
  },
  {
    name: 'symvers',
    read: (input) => readSymvers(Buffer.from(input).toString('latin1')),
    samples: () => [symvers],
  },
  {
    name: 'signature trailer',
    read: (input) => readSignatureTrailer(input).content.length,
    samples: () => [signed],
  },
  { name: 'PKCS#7', read: readPkcs7, samples: () => [message] },
  {
    name: 'certificates',
    read: (input) => findCertificates(input).length,
    samples: () => [message],
  },
  { name: 'modules.*.bin', read: readModuleIndex, samples: () => [index] },
  {
    name: 'modules.dep and modules.alias',
    read: (input) => {
      const text = Buffer.from(input).toString('utf8');
      return [[...readModulesDep(text)], readModulesAlias(text)];
    },
    samples: () => [dep],
  },
  {
    name: 'type information',
    read: (content) => [
      checkModuleBtf({ types: content, base: undefined }, typed),
      checkModuleBtf({ types: split, base: content }, typed),
    ],
    samples: () => [split, types],
  },
  { name: 'RPM', read: readRpm, samples: () => [anRpm()] },
  { name: 'ar', read: (input) => readAr(input).length, samples: () => [ar] },
];

/** A lead, an empty signature header, and a header with a name and two files. */
function anRpm(): Buffer {
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb);
  const store = Buffer.from('kmod\0a\0b\0/lib/\0\0\0\0\0\0\0\0\0');
  const entries = [
    [1000, 6, 0, 1],
    [1117, 8, 5, 2],
    [1118, 8, 9, 1],
    [1116, 4, 16, 2],
  ];
  const header = Buffer.alloc(16 + entries.length * 16);
  header.writeUInt32BE(0x8eade801);
  header.writeUInt32BE(entries.length, 8);
  header.writeUInt32BE(store.length, 12);
  for (const [at, entry] of entries.entries()) {
    for (const [field, value] of entry.entries())
      header.writeUInt32BE(value, 16 + at * 16 + field * 4);
  }
  const empty = Buffer.alloc(16);
  empty.writeUInt32BE(0x8eade801);
  return Buffer.concat([lead, empty, header, store]);
}
