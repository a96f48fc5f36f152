import { contentOf, hasSection, withContent, withoutSection } from './elf.ts';
import { withValue } from './modinfo.ts';
import { memberOf, type Variation } from './variation.ts';

/** Tables beside the names of exports; which there are depends on kernel and configuration. */
const TABLES = ['__ksymtab', '__ksymtab_gpl', '__kcrctab', '__kcrctab_gpl', '__kflagstab'];

/** The provider without one of its tables, and what uses it. */
function without(table: string): Variation[] {
  const cut = (module: Buffer) =>
    hasSection(module, table) ? withoutSection(module, table) : module;
  const using = (of: string): Variation => ({
    name: `provider without ${table}`,
    of,
    change: (module) => module,
    before: (family) => [cut(memberOf(family, 'provider'))],
  });
  return [
    { name: `no ${table}`, of: 'provider', needs: table, change: cut },
    using('free_consumer'),
    using('consumer'),
  ];
}

/** The provider with every export flagged as free (0) or as GPL-only (1). */
function flagged(flag: number): Variation {
  const all = (module: Buffer) =>
    hasSection(module, '__kflagstab')
      ? withContent(module, '__kflagstab', contentOf(module, '__kflagstab').fill(flag))
      : module;
  return {
    name: `under CDDL, provider with every flag ${flag}`,
    of: 'free_consumer',
    change: (module) => withValue(module, 'license', 'CDDL'),
    before: (family) => [all(Buffer.from(memberOf(family, 'provider')))],
  };
}

export const EXPORT_VARIATIONS: readonly Variation[] = [
  ...TABLES.flatMap(without),
  flagged(0),
  flagged(1),
];
