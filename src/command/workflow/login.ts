import { Command } from '@commander-js/extra-typings';
import { commonOptions } from '../options/project.ts';

const EXAMPLES = `
For jobs whose registry does not take the token of the job: writes the secret LOCKSTEP_REGISTRY_AUTH
(the content of a containers-auth.json) to the file that REGISTRY_AUTH_FILE names, for lockstep and
buildah to read.

Example:
  $ lockstep workflow login`;

export const login = commonOptions(new Command('login'))
  .description('Writes the registry logins that a job has as a secret.')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/login.ts')).login(options));
