/**
 * Writes the pages that are made from code: docs/config.md, docs/json.md, the schemas beside
 * them, and the manual page. With --check it writes nothing, and says which are not up to date.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { wholeProgram } from '../src/command/program.ts';
import { definitionOf } from '../src/command/render/shell/definition.ts';
import { initramfsJsonSchema } from '../src/config/initramfs-schema.ts';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { configReference } from '../src/config/reference.ts';
import { jsonReference, jsonSchemas } from './json-reference.ts';
import { documentShapes } from './json-shapes.ts';
import { manPage } from './man-page.ts';

const shapes = documentShapes(globSync('src/command/{*/action/*,options/report}.ts').sort());
const program = await wholeProgram();
const pages = {
  'docs/config.md': configReference(),
  'docs/lockstep.schema.json': json(configJsonSchema()),
  'docs/initramfs.schema.json': json(initramfsJsonSchema()),
  'docs/json.md': jsonReference(shapes),
  'docs/json.schema.json': json(jsonSchemas(shapes)),
  'man/lockstep.1': manPage(definitionOf(program), program.version() ?? ''),
};

for (const [path, text] of Object.entries(pages)) {
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${path} is not up to date: node scripts/docs.ts\n`);
    process.exitCode = 1;
  }
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
