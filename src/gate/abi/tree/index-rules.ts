import type { IndexValue } from '../../../kernel/index/module-index.ts';
import type { ModuleAlias } from '../../../kernel/index/module-lists.ts';
import { modinfoValues } from '../../../kernel/module/module.ts';
import type { Finding } from '../../../system/finding.ts';
import { indexPath, type KernelFiles, moduleName } from '../kernel/files.ts';
import type { ModuleCheck } from '../module/check-module.ts';
import type { InspectedModule } from '../module/inspect.ts';
import type { BothIndexes, Indexes } from './indexes.ts';

const SHOWN = 10;

/** `modules.dep`: every module that wins, nothing that is gone, and what each one really needs. */
export function checkDep(
  files: KernelFiles,
  { dep }: Indexes,
  winners: ReadonlyMap<string, string>,
  checks: readonly ModuleCheck[],
): Finding[] {
  if (dep.size === 0) return [];
  const inFolder = (path: string) => indexPath(files, path);
  const present = new Set(files.modules.map(({ path }) => inFolder(path)));
  const unlisted = [...winners.values()].map(inFolder).filter((path) => !dep.has(path));
  const gone = [...dep.keys()].filter((path) => !present.has(path));
  const wrong = checks.flatMap(({ file, uses }) => {
    const listed = dep.get(inFolder(file));
    if (!listed) return [];
    const names = listed.map(moduleName);
    const missing = uses.filter((name) => winners.has(name) && !names.includes(name));
    return missing.length > 0 ? [`${inFolder(file)} (needs ${missing.join(', ')})`] : [];
  });
  return [
    ...told(files, 'modules-dep', unlisted, 'is not in modules.dep, so modprobe does not find it'),
    ...told(files, 'modules-dep', gone, 'is in modules.dep and not there'),
    ...told(files, 'modules-dep', wrong, 'stands in modules.dep without what it needs'),
  ];
}

/** `modules.alias`: the aliases of modules from outside of the kernel, and no module that is gone. */
export function checkAliases(
  files: KernelFiles,
  { aliases }: Indexes,
  others: readonly InspectedModule[],
): Finding[] {
  if (aliases.length === 0) return [];
  const byPattern = Map.groupBy(aliases, ({ pattern }) => normal(pattern));
  const missing: string[] = [];
  const shared: string[] = [];
  for (const { module } of others) {
    for (const alias of module ? modinfoValues(module, 'alias') : []) {
      const names = (byPattern.get(normal(alias)) ?? []).map((entry) => normal(entry.module));
      const own = normal(module?.name ?? '');
      if (!names.includes(own)) missing.push(`${alias} of ${own}`);
      const rival = names.find((name) => name !== own);
      if (rival) shared.push(`${alias} of ${own} and ${rival}`);
    }
  }
  const known = new Set(files.modules.map(({ path }) => moduleName(path)));
  const gone = [...new Set(aliases.map(({ module }) => normal(module)))].filter(
    (name) => !known.has(name),
  );
  return [
    ...told(files, 'modules-alias', missing, 'is not in modules.alias'),
    ...told(files, 'modules-alias', gone, 'has an alias in modules.alias and is not there'),
    ...told(
      files,
      'alias-clash',
      shared,
      'is an alias of both, and modprobe loads both',
      'warning',
    ),
  ];
}

/** `modules.symbols`: what modules from outside of the kernel export. */
export function checkSymbols(
  files: KernelFiles,
  { symbols }: Indexes,
  others: readonly InspectedModule[],
): Finding[] {
  if (symbols.length === 0) return [];
  const listed = new Set(symbols.map(({ pattern, module }) => `${pattern} ${normal(module)}`));
  const missing = others.flatMap(({ module }) =>
    (module?.exports ?? []).flatMap(({ name, owner }) =>
      listed.has(`symbol:${name} ${normal(owner)}`) ? [] : [`${name} of ${owner}`],
    ),
  );
  return told(files, 'modules-symbols', missing, 'is not in modules.symbols');
}

/** The `.bin` files, which modprobe reads, against the texts, which people read. */
export function checkIndexFile(files: KernelFiles, indexes: BothIndexes): Finding[] {
  const pairs = (entries: readonly ModuleAlias[]) =>
    entries.map(({ pattern, module }) => `${normal(pattern)} ${normal(module)}`);
  const values = (entries: readonly IndexValue[]) =>
    entries.map(({ key, value }) => `${normal(key)} ${normal(value)}`);
  const lines = [...indexes.dep].map(([path, needs]) => `${path}: ${needs.join(' ')}`.trim());
  const compared: [string, string[], string[]][] = [
    ['modules.dep', lines, indexes.depBin.map(({ value }) => value.trim())],
    ['modules.alias', pairs(indexes.aliases), values(indexes.aliasesBin)],
    ['modules.symbols', pairs(indexes.symbols), values(indexes.symbolsBin)],
  ];
  return compared.flatMap(([name, text, binary]) => {
    if (text.length === 0 || binary.length === 0) return [];
    const differing = [...new Set(text).symmetricDifference(new Set(binary))];
    return told(files, 'modules-index', differing, `differs between ${name} and ${name}.bin`);
  });
}

/** modprobe takes `-` and `_` for the same, except between brackets. */
function normal(text: string): string {
  return text.replaceAll('-', '_');
}

function told(
  files: KernelFiles,
  rule: string,
  things: readonly string[],
  what: string,
  severity: 'error' | 'warning' = 'error',
): Finding[] {
  const findings = things.slice(0, SHOWN).map(
    (thing): Finding => ({
      rule,
      severity,
      message: `${thing} ${what}`,
      where: { file: files.folder },
      ...(severity === 'error' ? { hint: `run depmod ${files.release} in the image` } : {}),
    }),
  );
  const last = findings.at(-1);
  const more = things.length - SHOWN;
  if (last && more > 0) last.message += ` (and ${more} more)`;
  return findings;
}
