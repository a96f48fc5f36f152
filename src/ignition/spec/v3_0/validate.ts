import { rulesOf, type VersionRules } from '../rules/rules.ts';

/** How Ignition 3.0 judges. */
export const judgement: VersionRules = {
  version: '3.0.0',
  schemes: ['http', 'https', 'tftp', 's3', 'data'],
  hashes: ['sha512'],
  formats: ['ext4', 'btrfs', 'xfs', 'vfat', 'swap'],
  specialBits: false,
  needsTarget: false,
  customByPresence: true,
};
export const rules = rulesOf(judgement);
