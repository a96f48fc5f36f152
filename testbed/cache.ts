import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the testbed keeps what it fetched and made; it may be deleted at any time. */
export const DEFAULT_CACHE: string = join(homedir(), '.cache/lockstep-testbed');
