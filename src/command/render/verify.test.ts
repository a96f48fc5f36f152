import { describe, expect, it } from 'vitest';
import { note, remark } from '../../gate/abi/module/rule.ts';
import type { KernelReport } from '../../gate/abi/verify.ts';
import { PLAIN } from '../text/style.ts';
import { verifyDocument, verifyText } from './verify.ts';

const report: KernelReport = {
  kernel: '6.1.0',
  verdict: 'pass',
  findings: [],
  firmware: [],
  modules: ['zfs', 'spl'].map((name) => ({
    file: `${name}.ko`,
    name,
    loads: true,
    verdict: 'pass',
    findings: [
      remark('taint', 'taints the kernel'),
      ...(name === 'spl' ? [note('signer', 'unknown key')] : []),
    ],
  })),
};

describe(verifyText, () => {
  const text = (verbose: boolean) =>
    verifyText([report], { style: PLAIN, verbose }).trim().split('\n');

  it('shows what is to be looked at', () => {
    expect(text(false)).toEqual([
      'pass spl.ko: spl loads',
      '  warning signer: unknown key',
      'pass kernel 6.1.0: 2 modules, 0 fail, 0 of them will not load',
    ]);
  });

  it('shows what is as expected too when verbose', () => {
    expect(text(true)).toContain('  info taint: taints the kernel');
    expect(text(true)).toContain('pass zfs.ko: zfs loads');
  });
});

describe(verifyDocument, () => {
  it('holds everything', () => {
    const where = { file: 'etc/modprobe.d/a.conf', line: 2 };
    const ofTree = {
      rule: 'modprobe-install',
      severity: 'error',
      message: 'never',
      where,
    } as const;

    expect(verifyDocument([{ ...report, findings: [ofTree] }])).toMatchObject({
      kernels: [
        {
          findings: [ofTree],
          modules: [
            { findings: [{ severity: 'info' }] },
            { findings: [{}, { severity: 'warning' }] },
          ],
        },
      ],
    });
  });
});
