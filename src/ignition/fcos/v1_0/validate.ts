import type { ButaneJudgement } from '../../butane/rules.ts';

export const judgement: ButaneJudgement = { swap: false, mountPoints: false };
