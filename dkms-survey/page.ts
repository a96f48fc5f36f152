import type { Row } from './survey.ts';

export interface SurveyFacts {
  suite: string;
  release: string;
  /** Version of the suite's dkms. */
  dkms: string;
  /** Day on which it was made, `2026-01-31`. */
  day: string;
  /** Packages that are called `-dkms` and hold no modules. */
  others: ReadonlyMap<string, string>;
  /** Packages that this survey left out. */
  left: readonly string[];
}

/** The page of a survey. */
export function surveyPage(rows: readonly Row[], facts: SurveyFacts): string {
  const { suite, release, dkms, day, left } = facts;
  const which =
    left.length > 0 ? `${rows.length} of the ${rows.length + left.length}` : `all ${rows.length}`;
  return `# The DKMS packages of Debian ${suite}, built by lockstep and by dkms

Built on ${day}: ${which} packages \`NAME-dkms\` of ${suite} (main and contrib), for Linux ${release}, in one and the same builder root: by the recipe that streams use, and by Debian's own \`dkms build\` (${dkms}). What lockstep built was put into the tree of the kernel, asked about by the gate \`abi\`, and loaded in a guest of that kernel, each module after those that it needs.

${summary(rows)}

| package | version | lockstep | dkms | modules | gate | kernel |
|---|---|---|---|---|---|---|
${rows.map(line).join('\n')}

In the column *kernel*, *no device* are modules that the kernel took and whose init found no hardware of theirs in the guest, and those that need such a module.

${[...failures(rows), ...refusals(rows), ...differences(rows), ...rest(facts)].join('\n\n')}
`;
}

function summary(rows: readonly Row[]): string {
  const count = (lockstep: boolean, dkms: boolean) =>
    rows.filter((row) => isBuilt(row.lockstep) === lockstep && isBuilt(row.dkms) === dkms).length;
  return [
    `| ${rows.length} packages | |`,
    '|---|---|',
    `| built by both | ${count(true, true)} |`,
    `| by lockstep alone | ${count(true, false)} |`,
    `| by dkms alone | ${count(false, true)} |`,
    `| by none | ${count(false, false)} |`,
  ].join('\n');
}

const isBuilt = ({ outcome }: Row['dkms']) => outcome === 'built';

function line({ package: name, version, lockstep, dkms, judgement }: Row): string {
  const { modules } = isBuilt(lockstep) ? lockstep : dkms;
  const loads = Object.values(judgement?.loaded ?? {});
  const of = (wanted: string) => loads.filter((one) => one === wanted).length;
  const counts = [
    [of('loaded'), 'loaded'],
    [of('no device'), 'no device'],
    [loads.length - of('loaded') - of('no device'), 'refused'],
  ] as const;
  const kernel = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const refused = Object.keys(judgement?.refused ?? {}).length;
  const gate = judgement ? (refused > 0 ? `${refused} refused` : 'pass') : '';
  const said = isBuilt(lockstep) ? 'built' : (lockstep.kind ?? lockstep.outcome);
  const names = modules.length > 0 ? `${modules.length}: ${modules.join(', ')}` : '';
  return `| ${[name, version, said, dkms.outcome, names, gate, kernel.join(', ')].join(' | ')} |`;
}

/** What lockstep did not build, with the lines that show why. */
function failures(rows: readonly Row[]): string[] {
  const failed = rows.filter(({ lockstep }) => !isBuilt(lockstep));
  const shown = failed.map(({ package: name, lockstep, dkms }) => {
    const both = isBuilt(dkms) ? 'dkms builds it' : 'dkms does not build it either';
    return `### ${name}: ${lockstep.kind}; ${both}\n\n${fenced(lockstep.shown ?? [])}`;
  });
  return shown.length > 0 ? ['## Not built', ...shown] : [];
}

/** What the gate or the kernel did not take, and whether they agree. */
function refusals(rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ package: name, judgement }) =>
    Object.entries(judgement?.loaded ?? {}).flatMap(([module, did]) => {
      const rules = judgement?.refused[module] ?? [];
      if (rules.length === 0 && (did === 'loaded' || did === 'no device')) return [];
      const gate = rules.length > 0 ? rules.join(', ') : 'pass';
      return [`| ${name} | ${module} | ${gate} | ${did.replaceAll('|', '\\|')} |`];
    }),
  );
  const head = '| package | module | gate | kernel |\n|---|---|---|---|';
  const why =
    'An init that gives up for want of anything else than a device (a file, a parameter, another program) is a refusal here too, which no gate that only reads can foresee.';
  return lines.length > 0
    ? ['## Not taken by gate or kernel', [head, ...lines].join('\n'), why]
    : [];
}

/** Modules that one of the two made and the other did not. */
function differences(rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ package: name, lockstep, dkms }) => {
    if (!isBuilt(lockstep) || !isBuilt(dkms)) return [];
    const ours = lockstep.modules.filter((one) => !dkms.modules.includes(one));
    const theirs = dkms.modules.filter((one) => !lockstep.modules.includes(one));
    if (ours.length + theirs.length === 0) return [];
    return [
      `- ${name}: lockstep alone ${ours.join(', ') || 'none'}; dkms alone ${theirs.join(', ') || 'none'}`,
    ];
  });
  return lines.length > 0 ? ['## Other modules of the same package', lines.join('\n')] : [];
}

function rest({ others, left }: SurveyFacts): string[] {
  const lines = [...others].map(([name, why]) => `- ${name}: ${why}`);
  return [
    ...(lines.length > 0 ? ['## No modules', lines.join('\n')] : []),
    ...(left.length > 0 ? ['## Not looked at in this survey', left.join(', ')] : []),
  ];
}

function fenced(lines: readonly string[]): string {
  return ['```text', ...lines, '```'].join('\n');
}
