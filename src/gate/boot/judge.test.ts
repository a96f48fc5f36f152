import { describe, expect, it } from 'vitest';
import { passes } from '../../system/finding.ts';
import { beginLine, endLine, passingLines, stepLine } from '../../vm/testing/report.ts';
import { judge } from './judge.ts';
import { aSign, evidenceOf } from './testing/evidence.ts';

const KERNEL = '6.1.0-1-cloud-amd64';

describe('judge', () => {
  it('has nothing against a guest that passed every step', () => {
    expect(judge(evidenceOf({ verdict: passingLines(KERNEL) }))).toEqual([]);
  });

  it.each([
    ['panic', 'boot-panic'],
    ['oops', 'boot-oops'],
    ['lockup', 'boot-lockup'],
    ['hung-task', 'boot-hung-task'],
    ['out-of-memory', 'boot-out-of-memory'],
    ['emergency-shell', 'boot-emergency-shell'],
  ] as const)('does not believe a passing script after %s', (kind, rule) => {
    const signs = [aSign(kind)];

    const findings = judge(evidenceOf({ verdict: passingLines(KERNEL), signs }));

    expect(findings).toMatchObject([{ rule, severity: 'error' }]);
    expect(findings[0]?.message).toContain(`: a line that tells of ${kind}`);
    expect(findings[0]?.found).toContain(signs[0]?.line);
  });

  it('lets a guest pass that was only warned', () => {
    const findings = judge(
      evidenceOf({ verdict: passingLines(KERNEL), signs: [aSign('warning')] }),
    );

    expect(findings).toMatchObject([{ rule: 'boot-warning', severity: 'warning' }]);
    expect(passes(findings)).toBe(true);
  });

  it.each(['silence', 'deadline', 'flood'] as const)(
    'names the step during which %s came',
    (end) => {
      const verdict = [beginLine(KERNEL), stepLine('scrub', 'started')];

      const findings = judge(evidenceOf({ verdict, end }));

      expect(findings).toMatchObject([{ rule: `boot-${end}` }]);
      expect(findings[0]?.message).toContain('during the step "scrub"');
    },
  );

  it.each([
    ['said nothing', [], 'boot-verdict-missing'],
    ['stopped midway', passingLines(KERNEL).slice(0, -1), 'boot-verdict-missing'],
    ['spoke nonsense', [...passingLines(KERNEL), 'pass'], 'boot-verdict-malformed'],
    ['did nothing', [beginLine(KERNEL), endLine()], 'boot-nothing-proved'],
    ['exited early', [...passingLines(KERNEL).slice(0, -1), endLine(3)], 'boot-scenario-failed'],
    [
      'left a step open',
      [...passingLines(KERNEL).slice(0, -1), stepLine('b', 'started'), endLine()],
      'boot-step-unfinished',
    ],
    ['ran another kernel', passingLines('6.12.1'), 'boot-other-kernel'],
    [
      'remembers an Oops',
      [...passingLines(KERNEL).slice(0, -1), endLine(0, (1 << 7) | (1 << 12))],
      'boot-taint',
    ],
  ])('fails a guest that %s', (_what, verdict, rule) => {
    expect(judge(evidenceOf({ verdict }))).toMatchObject([{ rule, severity: 'error' }]);
  });

  it('lets out-of-tree, proprietary and unsigned modules be', () => {
    const taint = (1 << 0) | (1 << 12) | (1 << 13);

    expect(
      judge(evidenceOf({ verdict: [...passingLines(KERNEL).slice(0, -1), endLine(0, taint)] })),
    ).toEqual([]);
  });

  it('shows what the failed step printed and why the kernel refused a module', () => {
    const verdict = [
      beginLine(KERNEL),
      stepLine('load a', 'started'),
      stepLine('load a', 'fail', 2, 'exit status 1'),
      endLine(1),
    ];
    const output = [
      'before',
      '# step: load a',
      'modprobe: ERROR',
      'insmod a.ko',
      '# fail: load a',
      'after',
    ];
    const lastConsole = ['[    1.000000] a: disagrees about version of symbol module_layout', 'x'];

    const findings = judge(evidenceOf({ verdict, output, lastConsole }));

    expect(findings).toEqual([
      {
        rule: 'boot-step-failed',
        severity: 'error',
        message: 'the step "load a" failed: modprobe: ERROR',
        found: `exit status 1\nmodprobe: ERROR\ninsmod a.ko\n${lastConsole[0]}`,
      },
    ]);
  });
});
