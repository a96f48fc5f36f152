import type { ButaneJudgement } from '../../butane/rules.ts';

export const judgement: ButaneJudgement = {
  swap: false,
  mountPoints: false,
  boot: {
    layouts: ['aarch64', 'ppc64le', 'x86_64'],
    mirrorLayout: 'warning',
    needsMethod: false,
  },
};
