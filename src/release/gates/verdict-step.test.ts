import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import type { Finding } from '../../system/finding.ts';
import { MAIN } from '../channel/channel.ts';
import { endsOf } from '../channel/ends.ts';
import { readVerdicts } from '../record/verdicts.ts';
import { aStream } from '../testing/inputs.ts';
import { keepVerdict, requirePass } from './verdict-step.ts';

const warning = (rule: string): Finding => ({
  rule,
  severity: 'warning',
  message: `${rule} is odd`,
});

describe(requirePass, () => {
  it('tells which warnings there were', () => {
    expect(requirePass('abi', [])).toBe('pass');
    expect(requirePass('abi', [warning('a')], 'ran on tcg')).toBe(
      'pass with 1 warning (a: a is odd); ran on tcg',
    );
    expect(requirePass('abi', ['a', 'b', 'c', 'd', 'e'].map(warning))).toBe(
      'pass with 5 warnings (a: a is odd; b: b is odd; c: c is odd; and 2 more)',
    );
  });

  it('throws what stands against it', () => {
    const findings = [{ ...warning('a'), severity: 'error' as const }];

    expect(() => requirePass('abi', findings)).toThrow('gate abi says no\n  a: a is odd');
  });
});

describe(keepVerdict, () => {
  it('keeps the names of files, and not where the project lay', async () => {
    const [project, registry] = ['/home/me/project', memoryRegistry()];
    const ends = endsOf(aStream(), MAIN, { registry, project, env: {}, emit: () => undefined });
    const image = await putImage(ends.image, { seed: 'x', tag: 'x' });
    const log = '.lockstep/runs/x/boot/console.log';
    const at = (file: string) => [
      { ...warning('boot-panic'), hint: `read ${file}`, where: { file } },
    ];

    const now = () => new Date('2026-11-20T08:00:00Z');
    const judged = {
      gate: 'boot',
      image,
      terms: 'load',
      findings: at(`${project}/${log}`),
    } as const;
    await keepVerdict({ ends, now, project }, judged);

    const verdict = (await readVerdicts(ends.image, image.digest)).get('boot');
    expect(verdict?.findings).toEqual(at(log));
  });
});
