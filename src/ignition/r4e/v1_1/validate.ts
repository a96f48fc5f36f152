import type { ButaneJudgement } from '../../butane/rules.ts';
import type { Filters } from '../../schema/filters.ts';

export const judgement: ButaneJudgement = { swap: true, mountPoints: false };

/** The disks of these systems are made by their installer. */
export const filters: Filters = {
  kernelArguments: 'kernel arguments cannot be set in this variant',
  'storage.disks': 'disks cannot be set up in this variant',
  'storage.filesystems': 'filesystems cannot be set up in this variant',
  'storage.luks': 'encrypted volumes cannot be set up in this variant',
  'storage.raid': 'arrays cannot be set up in this variant',
};
