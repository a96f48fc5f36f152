import { rulesOf, type VersionRules } from '../rules/rules.ts';
import { judgement as before } from '../v3_4/validate.ts';
/** How Ignition 3.5 judges. */
export const judgement: VersionRules = {
  ...before,
  version: '3.5.0',
};
export const rules = rulesOf(judgement);
