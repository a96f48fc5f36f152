/** Copies one image between two references, as a process of its own: `FROM TO`. */
import { copy } from '../src/oci/copy.ts';
import { openRepository } from '../src/oci/open.ts';
import { parseReference, versionOf } from '../src/oci/reference.ts';

const [from = '', to = ''] = process.argv.slice(2).map((text) => text);
const options = { env: process.env, cwd: process.cwd() };
const [source, target] = [parseReference(from), parseReference(to)];
await copy(openRepository(source, options), openRepository(target, options), versionOf(source), {
  tags: [versionOf(target)],
});
