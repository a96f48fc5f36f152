import { writeLogins } from '../../../workflow/machine/login.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';

export async function login(options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const registries = await writeLogins(context.env);
  if (options.json) printJson(context, { registries });
  else context.stdout.write(`logged in at ${registries.join(' ')}\n`);
}
