import { rulesOf, type VersionRules } from '../rules/rules.ts';
import { judgement as before } from '../v3_0/validate.ts';
/** How Ignition 3.1 judges. */
export const judgement: VersionRules = {
  ...before,
  version: '3.1.0',
  hashes: ['sha512', 'sha256'],
};
export const rules = rulesOf(judgement);
