import {
  anElf,
  aRelocation,
  type BuiltSection,
  type BuiltSymbol,
  symbolSections,
} from './elf-builder.ts';

/** An export of a built module. */
export interface BuiltExport {
  name: string;
  crc?: number;
  gplOnly?: boolean;
  namespace?: string;
}

/** A module to be built; every field has a default that fits `aKernel()`. */
export interface ModuleBuild {
  name?: string;
  /** Pairs of `.modinfo` beside the defaults; null takes a default away. */
  modinfo?: Record<string, string | string[] | null>;
  /** Flags of the section `.modinfo` (default: it is loaded). */
  modinfoFlags?: number;
  /** Imported symbols with their CRCs; null: imported without a version. */
  imports?: Record<string, number | null>;
  weak?: string[];
  /** null leaves `__versions` out. */
  versions?: Record<string, number> | null;
  extendedVersions?: Record<string, number>;
  exports?: BuiltExport[];
  /** Exports go to `__ksymtab` with `__kflagstab`, as since Linux 7.1. */
  exportFlags?: boolean;
  /** Bytes of `struct module`. */
  size?: number;
  machine?: number;
  /** Bytes of code, with nothing in them. */
  code?: number;
  /** Sections beside those that a module has. */
  sections?: BuiltSection[];
  symbols?: BuiltSymbol[];
}

export const VERMAGIC = '6.12.1-test SMP preempt mod_unload modversions ';
export const MODULE_SIZE = 1280;
export const MODULE_LAYOUT = 0x2f9b2b9a;

/** The bytes of a kernel module like one that `make modules` leaves. */
export function aKernelModule(build: ModuleBuild = {}): Buffer {
  const exports = build.exports ?? [];
  const sections: BuiltSection[] = [
    { name: '.text', flags: 6, content: Buffer.alloc(build.code ?? 64) },
    { name: '.modinfo', flags: build.modinfoFlags ?? 2, content: modinfoOf(build) },
    ...versionSections(build),
    ...exportSections(exports, build.exportFlags ?? false),
    { name: '.gnu.linkonce.this_module', flags: 3, content: thisModule(build) },
    ...(build.sections ?? []),
  ];
  const symbols = symbolsOf(build, exports);
  const relocations = exportRelocations(exports, build.exportFlags ?? false);
  const all = [...sections, ...relocations];
  return anElf({
    machine: build.machine ?? 62,
    sections: [...all, ...symbolSections(symbols, all)],
  });
}

function modinfoOf(build: ModuleBuild): Buffer {
  const defaults = {
    license: 'GPL',
    depends: '',
    retpoline: 'Y',
    name: nameOf(build),
    vermagic: VERMAGIC,
  };
  const pairs = Object.entries({ ...defaults, ...build.modinfo }).flatMap(([key, value]) =>
    value == null ? [] : [value].flat().map((text) => `${key}=${text}\0`),
  );
  return Buffer.from(pairs.join(''), 'latin1');
}

function nameOf(build: ModuleBuild): string {
  return build.name ?? 'sample';
}

function thisModule(build: ModuleBuild): Buffer {
  const bytes = Buffer.alloc(build.size ?? MODULE_SIZE);
  bytes.write(nameOf(build), 24, 'latin1');
  return bytes;
}

function versionSections(build: ModuleBuild): BuiltSection[] {
  const known = Object.entries(build.imports ?? {}).filter(([, crc]) => crc != null);
  const versions = {
    module_layout: MODULE_LAYOUT,
    ...Object.fromEntries(known),
    ...build.versions,
  };
  const sections: BuiltSection[] = [];
  if (build.versions !== null) {
    sections.push({ name: '__versions', content: versionTable(versions) });
  }
  if (build.extendedVersions) sections.push(...extendedSections(build.extendedVersions));
  return sections;
}

/** The bytes of `__versions`. */
export function versionTable(versions: Record<string, number | null>): Buffer {
  return Buffer.concat(
    Object.entries(versions).map(([name, crc]) => {
      const entry = Buffer.alloc(64);
      entry.writeUInt32LE(crc ?? 0, 0);
      entry.write(name.slice(0, 55), 8, 'latin1');
      return entry;
    }),
  );
}

function extendedSections(versions: Record<string, number>): BuiltSection[] {
  const crcs = Buffer.alloc(4 * Object.keys(versions).length);
  for (const [index, crc] of Object.values(versions).entries()) crcs.writeUInt32LE(crc, index * 4);
  const names = Buffer.from(`${Object.keys(versions).join('\0')}\0`);
  return [
    { name: '__version_ext_crcs', content: crcs },
    { name: '__version_ext_names', content: names },
  ];
}

function tablesOf(exports: readonly BuiltExport[], flags: boolean): [string, BuiltExport[]][] {
  if (flags) return [['', [...exports]]];
  return [
    ['', exports.filter(({ gplOnly }) => !gplOnly)],
    ['_gpl', exports.filter(({ gplOnly }) => gplOnly)],
  ];
}

function exportSections(exports: readonly BuiltExport[], flags: boolean): BuiltSection[] {
  if (exports.length === 0) return [];
  const tables = tablesOf(exports, flags).filter(([, entries]) => entries.length > 0);
  return [
    { name: '__ksymtab_strings', content: stringsOf(exports) },
    ...tables.flatMap(([suffix, entries]) => [
      { name: `__ksymtab${suffix}`, content: Buffer.alloc(12 * entries.length) },
      ...crcSection(suffix, entries),
    ]),
    ...(flags
      ? [
          {
            name: '__kflagstab',
            content: Buffer.from(exports.map(({ gplOnly }) => (gplOnly ? 1 : 0))),
          },
        ]
      : []),
  ];
}

function crcSection(suffix: string, entries: readonly BuiltExport[]): BuiltSection[] {
  if (entries.some(({ crc }) => crc == null)) return [];
  const content = Buffer.alloc(4 * entries.length);
  for (const [index, { crc }] of entries.entries()) content.writeUInt32LE(crc ?? 0, index * 4);
  return [{ name: `__kcrctab${suffix}`, content }];
}

function stringsOf(exports: readonly BuiltExport[]): Buffer {
  return Buffer.from(
    exports.map(({ name, namespace }) => `${name}\0${namespace ?? ''}\0`).join(''),
  );
}

/** Symbols: for each export the function, its name and its namespace; then what is imported. */
function symbolsOf(build: ModuleBuild, exports: readonly BuiltExport[]): BuiltSymbol[] {
  let at = 0;
  const exported = exports.flatMap(({ name, namespace }) => {
    const text = at;
    at += name.length + 1 + (namespace?.length ?? 0) + 1;
    return [
      { name, section: '.text' },
      { name: `__kstrtab_${name}`, section: '__ksymtab_strings', value: text },
      { name: `__kstrtabns_${name}`, section: '__ksymtab_strings', value: text + name.length + 1 },
    ];
  });
  const imported = Object.keys(build.imports ?? {}).map((name) => ({
    name,
    weak: build.weak?.includes(name) ?? false,
  }));
  return [...exported, ...imported, ...(build.symbols ?? [])];
}

function exportRelocations(exports: readonly BuiltExport[], flags: boolean): BuiltSection[] {
  return tablesOf(exports, flags).flatMap(([suffix, entries]) => {
    if (entries.length === 0) return [];
    const content = entries.flatMap((entry, index) =>
      [0, 1, 2].map((field) =>
        aRelocation(index * 12 + field * 4, exports.indexOf(entry) * 3 + field + 1),
      ),
    );
    const table = `__ksymtab${suffix}`;
    return [
      {
        name: `.rela${table}`,
        type: 4,
        flags: 0x40,
        content: Buffer.concat(content),
        link: '.symtab',
        info: table,
      },
    ];
  });
}
