import { rulesOf, type VersionRules } from '../rules/rules.ts';
import { judgement as before } from '../v3_6/validate.ts';
/** How Ignition 3.7, not final, judges. */
export const judgement: VersionRules = {
  ...before,
  version: '3.7.0-experimental',
};
export const rules = rulesOf(judgement);
