import type { ButaneJudgement } from '../../butane/rules.ts';
import type { Filters } from '../../schema/filters.ts';

export const judgement: ButaneJudgement = { swap: true, mountPoints: false };

/** Flatcar's first boot has no Clevis. */
export const filters: Filters = { 'storage.luks.clevis': 'Flatcar has no clevis' };
