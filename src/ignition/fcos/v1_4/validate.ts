import type { ButaneJudgement } from '../../butane/rules.ts';
import { judgement as before } from '../v1_3/validate.ts';

export const judgement: ButaneJudgement = { ...before, swap: true };
