/** Writes the pages that are made from code: docs/config.md and docs/lockstep.schema.json. */
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { configReference } from '../src/config/reference.ts';

writeFileSync('docs/config.md', configReference());
writeFileSync('docs/lockstep.schema.json', `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
