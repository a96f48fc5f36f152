import type { ButaneJudgement } from '../../butane/rules.ts';
import type { Filters } from '../../schema/filters.ts';

export const judgement: ButaneJudgement = { swap: true, mountPoints: false };

/** Flatcar's first boot opens nothing by cards of IBM Z. */
export const filters: Filters = { 'storage.luks.cex': 'Flatcar has no cex' };
