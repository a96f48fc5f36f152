import type { RuleName } from '../../src/gate/abi/module/rule.ts';
import type { Answer } from '../guest/task.ts';

/** Why a kernel refuses a module, in the words of its log or, where it is silent, its errno. */
export type Reason =
  | 'version magic'
  | 'version of symbol'
  | 'no symbol version'
  | 'namespace'
  | 'proprietary provider'
  | 'unknown symbol'
  | 'duplicate symbol'
  | 'signature'
  | 'ELF'
  | 'struct module'
  | 'modinfo'
  | 'name taken'
  | 'section names'
  | 'livepatch'
  | 'relocation'
  | 'symbol table'
  | 'compression'
  | 'type information'
  | 'no words';

/** The first that fits a line decides; lines of kernel/module/*.c and arch/x86/kernel/module.c. */
const WORDS: readonly (readonly [Reason, RegExp])[] = [
  ['version magic', /version magic '.*' should be '|bad vermagic/],
  ['version of symbol', /disagrees about version of symbol/],
  ['no symbol version', /no symbol version for|no versions for exported|extended version/],
  [
    'namespace',
    /from namespace .*(does not import|is not allowed)|tries to import module namespace/,
  ],
  ['proprietary provider', /using GPL-only symbols uses symbols/],
  ['type information', /failed to validate module \[.*\] BTF/],
  ['struct module', /this_module|No module found in object/],
  ['modinfo', /\.modinfo section/],
  ['duplicate symbol', /exports duplicate symbol/],
  ['signature', /Loading of .* is rejected|module sig|Lockdown:/],
  ['livepatch', /livepatch support is disabled/],
  ['relocation', /Unknown rela|invalid relocation|REL relocation|overflow in relocation/],
  ['symbol table', /-fno-common|unsupported symbol|Invalid ELF symbol/],
  ['section names', /cannot create duplicate filename '.*\/sections\//],
  ['name taken', /is already loaded|empty name|already exists/],
  ['unknown symbol', /Unknown symbol/],
  ['ELF', /\bELF\b|no symbols \(stripped|section name table|architecture|section (index|size)/],
];

/** Lines that only follow from another one. */
const CONSEQUENCE = /Unknown symbol .* \(err -22\)/;

const BY_ERRNO: Readonly<Record<number, Reason>> = {
  17: 'name taken',
  74: 'signature',
  126: 'signature',
  127: 'signature',
  129: 'signature',
};

/** Every reason that the kernel gave, each once. */
export function reasonsOf(answer: Answer): Reason[] {
  const told = answer.log
    .filter((line) => !CONSEQUENCE.test(line))
    .flatMap((line) => WORDS.find(([, pattern]) => pattern.test(line))?.[0] ?? []);
  if (told.length > 0) return [...new Set(told)];
  return [BY_ERRNO[answer.errno] ?? 'no words'];
}

/** The reasons in which a rule of the gate may show on a kernel. */
const SHOWS: Readonly<Record<RuleName, readonly Reason[]>> = {
  compression: ['compression', 'no words', 'ELF'],
  elf: ['ELF', 'section names', 'struct module', 'symbol table', 'no words'],
  'symbol-table': ['symbol table', 'ELF', 'no words'],
  relocation: ['relocation', 'no words'],
  memory: ['no words'],
  'this-module': ['struct module'],
  modinfo: ['modinfo', 'ELF'],
  signature: ['signature'],
  'signature-unchecked': [],
  signer: [],
  vermagic: ['version magic', 'no words'],
  release: [],
  livepatch: ['livepatch'],
  'module-layout': ['version of symbol', 'no symbol version'],
  'unknown-symbol': ['unknown symbol'],
  'symbol-version': ['version of symbol', 'no symbol version'],
  'missing-versions': ['no symbol version', 'version of symbol'],
  'gpl-only': ['unknown symbol'],
  'proprietary-provider': ['proprietary provider', 'unknown symbol'],
  namespace: ['namespace'],
  'symbols-unknown': [],
  'export-clash': ['duplicate symbol'],
  'export-versions': ['no symbol version'],
  'export-flags': ['ELF', 'no words'],
  btf: ['type information'],
  dependency: ['unknown symbol'],
  'dependency-cycle': ['unknown symbol'],
  depends: [],
  'name-clash': ['name taken'],
  'module-name': ['name taken', 'struct module', 'no words'],
  'file-name': [],
  'alias-clash': [],
  retpoline: [],
  ibt: [],
  intree: [],
  taint: [],
  experimental: [],
};

/** True when one of the rules shows in one of the reasons. */
export function explains(rules: readonly RuleName[], reasons: readonly Reason[]): boolean {
  return rules.some((rule) => SHOWS[rule].some((reason) => reasons.includes(reason)));
}
