import { randomFillSync } from 'node:crypto';
import { openLayout } from '../layout/layout.ts';
import { OCI_LAYER } from '../media-type.ts';
import { putBlob, putImage } from './image.ts';

/**
 * A program for tests: `FOLDER NAME COUNT` writes images to a layout, each under a tag of its own,
 * and says each tag when it is there; `FOLDER fill MEBIBYTES` writes one blob, and says the code of
 * the error that it met.
 */
const [folder = '', name = '', number = ''] = process.argv.slice(2);
const layout = openLayout(folder);
if (name === 'fill') {
  const bytes = randomFillSync(Buffer.alloc(Number(number) << 20));
  const error: unknown = await putBlob(layout, OCI_LAYER, bytes).catch((cause: unknown) => cause);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'written';
  process.stdout.write(`${code}\n`);
} else {
  for (let index = 0; index < Number(number); index += 1) {
    await putImage(layout, { seed: `${name} ${index}`, tag: `${name}-${index}` });
    process.stdout.write(`${name}-${index}\n`);
  }
}
