import type { Pair } from '../comparison/compare.ts';
import { explains, type Reason } from '../comparison/reason.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { type Count, countBy, total } from './count.ts';

/** What was measured, for the head of the page. */
export interface Measured {
  kernels: readonly Pick<Kernel, 'release' | 'origin'>[];
  pairs: readonly Pair[];
}

const HEAD = ['pairs', 'loaded', 'refused', 'broke the kernel', 'disagreements'] as const;

/** The page `docs/gate-truth.md`. */
export function gateTruthPage(measured: Measured): string {
  const { pairs } = measured;
  const all = total(pairs);
  return [
    '# The gate and the kernel',
    '',
    ...introduction(measured, all),
    '',
    '## By kernel',
    '',
    ...kernelTable(measured),
    '',
    '## By what was done to the module',
    '',
    ...countTable(
      'module',
      countBy(pairs, ({ heading }) => heading),
    ),
    '',
    '## By what the kernel said',
    '',
    'What a kernel gives as its reason, and the rules by which the gate had foretold the refusal.',
    '',
    ...reasonTable(pairs),
    '',
    '## Where the gate is stricter than the kernel',
    '',
    'These modules load, and `verdict` is `fail` all the same: the kernel takes them by force or',
    'without looking, and is tainted or corrupted.',
    '',
    ...stricterTable(pairs),
    '',
    '## Without `Module.symvers`',
    '',
    "The counts above are of a gate that was given the `Module.symvers` of the kernel's headers.",
    ...bareLines(pairs),
    '',
    '## Disagreements',
    '',
    ...disagreements(pairs),
    '',
  ].join('\n');
}

function introduction({ kernels }: Measured, all: Count): string[] {
  return [
    'Each pair is one module file and one kernel. The gate (`lockstep verify`) says whether the',
    'kernel will load it; then the module is loaded with `finit_module` (compressed ones with',
    'kmod) in a guest of that very kernel, and what the kernel did and wrote is compared with what',
    'the gate had said: `loads`, and the first rule by which the gate refuses against the reason',
    'that the kernel gives. A kernel that does not survive a module agrees with a gate whose verdict',
    'is `fail`.',
    '',
    `**${all.pairs} pairs on ${kernels.length} kernels, ${all.disagreements} disagreements.**`,
    `The kernels took ${all.loaded} modules, refused ${all.refused}, and ${all.broke} broke them.`,
    '',
    "Kernels, headers and compilers come from the archive that the machine's apt is configured with; four",
    "small kernels are built from Debian's source, a family of modules is built for each kernel, and",
    'varied. `enforced`: the kernel was started with `module.sig_enforce=1`, and the gate with',
    '`--enforce-signatures`.',
  ];
}

function kernelTable({ kernels, pairs }: Measured): string[] {
  const counts = countBy(pairs, ({ kernel, enforced }) => kernelName(kernel, enforced));
  const originOf = (name: string) =>
    kernels.find(({ release }) => name.startsWith(release))?.origin ?? '';
  return [
    row(['kernel', 'from', ...HEAD]),
    rule(7, 2),
    ...[...counts].map(([name, count]) => row([name, originOf(name), ...cells(count)])),
  ];
}

function kernelName(release: string, enforced: boolean): string {
  return enforced ? `${release}, enforced` : release;
}

function countTable(title: string, counts: ReadonlyMap<string, Count>): string[] {
  return [
    row([title, ...HEAD]),
    rule(6, 1),
    ...[...counts].map(([name, count]) => row([name, ...cells(count)])),
  ];
}

function reasonTable(pairs: readonly Pair[]): string[] {
  const refused = pairs.filter(({ kernelDid }) => kernelDid === 'refused');
  const counts = countBy(refused, ({ reasons }) => reasons);
  const rulesFor = (reason: string) => {
    const fitting = refused.flatMap(({ reasons, rules }) =>
      reasons.filter((one) => one === reason).flatMap((one) => rulesThatShow(rules, one)),
    );
    return [...new Set(fitting)]
      .sort()
      .map((name) => `\`${name}\``)
      .join(', ');
  };
  const sorted = [...counts].sort(([, a], [, b]) => b.pairs - a.pairs);
  return [
    row(['reason', 'pairs', 'disagreements', 'rules of the gate']),
    '| --- | ---: | ---: | --- |',
    ...sorted.map(([reason, { pairs, disagreements }]) =>
      row([reason, String(pairs), String(disagreements), rulesFor(reason)]),
    ),
  ];
}

function rulesThatShow(rules: Pair['rules'], reason: Reason): Pair['rules'] {
  return rules.filter((rule) => explains([rule], [reason]));
}

function stricterTable(pairs: readonly Pair[]): string[] {
  const stricter = pairs.filter(
    ({ kernelDid, verdict }) => kernelDid === 'loaded' && verdict === 'fail',
  );
  const counts = countBy(stricter, (pair) => pair.stricter);
  return [
    row(['rule', 'pairs']),
    '| --- | ---: |',
    ...[...counts].map(([name, count]) => row([`\`${name}\``, String(count.pairs)])),
  ];
}

function disagreements(pairs: readonly Pair[]): string[] {
  const wrong = pairs.filter(({ disagreement }) => disagreement);
  if (wrong.length === 0) return ['None.'];
  return [
    row(['kernel', 'module', 'the kernel', 'the gate']),
    '| --- | --- | --- | --- |',
    ...wrong.map((pair) =>
      row([
        kernelName(pair.kernel, pair.enforced),
        pair.name,
        `${pair.kernelDid} ${pair.words.at(0) ?? ''}`.trim(),
        `${pair.gateSaid} ${pair.rules.join(', ')}`.trim(),
      ]),
    ),
  ];
}

function bareLines(pairs: readonly Pair[]): string[] {
  const differing = pairs.filter(({ bareSaid, gateSaid }) => bareSaid !== gateSaid);
  if (differing.length === 0) {
    return ["With the kernel's own files alone it says the same of every pair."];
  }
  const worse = differing.filter(({ kernelDid, bareSaid }) => wouldBeWrong(kernelDid, bareSaid));
  return [
    `With the kernel's own files alone it says something else of ${differing.length} pairs, and`,
    `differs from the kernel in ${worse.length} of them.`,
  ];
}

function wouldBeWrong(kernelDid: Pair['kernelDid'], said: Pair['bareSaid']): boolean {
  return kernelDid !== 'broke' && (kernelDid === 'loaded') !== (said === 'loads');
}

function cells(count: Count): string[] {
  const { pairs, loaded, refused, broke, disagreements } = count;
  return [pairs, loaded, refused, broke, disagreements].map(String);
}

function row(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}

function rule(columns: number, left: number): string {
  return row(Array.from({ length: columns }, (_, index) => (index < left ? '---' : '---:')));
}
