import { rulesOf, type VersionRules } from '../rules/rules.ts';
import { judgement as before } from '../v3_2/validate.ts';
/** How Ignition 3.3 judges: no filesystem at all is a format, links need targets. */
export const judgement: VersionRules = {
  ...before,
  version: '3.3.0',
  formats: ['ext4', 'btrfs', 'xfs', 'vfat', 'swap', 'none'],
  needsTarget: true,
  customByPresence: false,
};
export const rules = rulesOf(judgement);
