import { rulesOf, type VersionRules } from '../rules/rules.ts';
import { judgement as before } from '../v3_5/validate.ts';
/** How Ignition 3.6 judges: setuid, setgid and sticky bits work. */
export const judgement: VersionRules = {
  ...before,
  version: '3.6.0',
  specialBits: true,
};
export const rules = rulesOf(judgement);
