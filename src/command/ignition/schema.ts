import { Command } from '@commander-js/extra-typings';
import { LockstepError } from '../../system/error.ts';
import { contextOf, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Prints a JSON Schema for editors, made from the definition that reads the documents.

Examples:
  $ lockstep ignition schema fcos 1.7.0 > butane.schema.json
  $ lockstep ignition schema ignition 3.6.0`;

export const schema = projectOptions(new Command('schema'))
  .argument('<variant>', 'fcos, flatcar, fiot, r4e, or ignition')
  .argument('<version>', 'like 1.7.0')
  .description('Prints the JSON Schema of a version.')
  .addHelpText('after', EXAMPLES)
  .action(async (variant, version, options) => {
    const { schemaOf } = await import('../../ignition/schema-of.ts');
    const found = schemaOf(variant, version);
    if (found.schema) {
      // The schema is the document: nothing is put beside its keys.
      contextOf(options).stdout.write(`${JSON.stringify(found.schema, null, 2)}\n`);
      return;
    }
    throw new LockstepError('usage', `${variant} ${version} is not known`, {
      hint: `known are ${found.known.join(', ')}`,
    });
  });
