import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Flists } from '../../config/flists-schema.ts';
import { readRfsConf } from '../../flist/store/rfs-conf.ts';
import { digestOfJson } from '../../system/digest.ts';
import { digestOfFolder } from '../inputs/overlay.ts';

/** Version of what the gate demands; a new one asks for new verdicts. */
const TERMS = 'v1';

/**
 * The terms of the gate flists: what is packed, where it goes and where machines read it. Another
 * key is no other term.
 */
export async function flistTerms(
  { conf, store, route, firmware, firmware_tag, repository }: Flists,
  project: string,
): Promise<string> {
  const digest = digestOfJson({
    store,
    route,
    repository,
    firmware_tag,
    conf: conf == null ? undefined : await withoutKeys(join(project, conf), conf),
    firmware:
      typeof firmware === 'string' ? await digestOfFolder(join(project, firmware)) : firmware,
  });
  return `flists ${TERMS} ${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
}

/** What is wrong with the file is told when it is used. */
async function withoutKeys(path: string, file: string): Promise<Record<string, string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const { conf } = readRfsConf(text, { file, env: {} });
  return Object.fromEntries(Object.entries(conf).filter(([key]) => !key.endsWith('_KEY')));
}
