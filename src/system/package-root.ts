import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of lockstep's own `package.json`; `data`, `scenarios` and the code lie below it. */
export const PACKAGE_ROOT: string = rootAbove(import.meta.dirname);

/** The package is one folder as it is installed, another depth as it is checked out. */
function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
