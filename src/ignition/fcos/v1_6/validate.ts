import type { ButaneJudgement } from '../../butane/rules.ts';
import { judgement as before } from '../v1_5/validate.ts';

export const judgement: ButaneJudgement = {
  ...before,
  mountPoints: true,
  boot: {
    layouts: ['aarch64', 'ppc64le', 's390x-eckd', 's390x-virt', 's390x-zfcp', 'x86_64'],
    mirrorLayout: 'warning',
    needsMethod: false,
  },
};
