import { rulesOf, type VersionRules } from '../rules/rules.ts';
import { judgement as before } from '../v3_3/validate.ts';
/** How Ignition 3.4 judges: objects of S3 may be named by ARN. */
export const judgement: VersionRules = {
  ...before,
  version: '3.4.0',
  schemes: ['http', 'https', 'tftp', 'gs', 's3', 'arn', 'data'],
};
export const rules = rulesOf(judgement);
