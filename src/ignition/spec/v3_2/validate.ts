import { rulesOf, type VersionRules } from '../rules/rules.ts';
import { judgement as before } from '../v3_1/validate.ts';
/** How Ignition 3.2 judges: Google Cloud Storage is new. */
export const judgement: VersionRules = {
  ...before,
  version: '3.2.0',
  schemes: ['http', 'https', 'tftp', 'gs', 's3', 'data'],
};
export const rules = rulesOf(judgement);
