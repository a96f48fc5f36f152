import { LockstepError } from '../../system/error.ts';
import { type Finding, passes } from '../../system/finding.ts';

/** Keys of the file that Zero-OS builders keep as config/rfs.conf. */
export const RFS_CONF_KEYS = [
  'S3_ENDPOINT',
  'S3_REGION',
  'S3_BUCKET',
  'S3_PREFIX',
  'S3_ACCESS_KEY',
  'S3_SECRET_KEY',
  'READ_ACCESS_KEY',
  'READ_SECRET_KEY',
  'ROUTE_ENDPOINT',
  'ROUTE_PATH',
  'ROUTE_REGION',
  'MANIFESTS_SUBPATH',
  'UPLOAD_MANIFESTS',
  'WEB_ENDPOINT',
  'FIRMWARE_TAG',
] as const;

export type RfsConfKey = (typeof RFS_CONF_KEYS)[number];
export type RfsConf = Partial<Record<RfsConfKey, string>>;

/**
 * Reads such a file without a shell: `KEY=VALUE` lines, quotes, comments, `export`. What only a
 * shell could tell is a finding with its line, and so is a key that nobody knows; the environment
 * overrides what the file says.
 */
export function readRfsConf(
  text: string,
  { file, env }: { file: string; env: NodeJS.ProcessEnv },
): { conf: RfsConf; findings: Finding[] } {
  const conf: RfsConf = {};
  const findings: Finding[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const read = readLine(line);
    if (read == null) continue;
    const where = { file, line: at + 1 };
    if ('problem' in read)
      findings.push({ rule: 'rfs-conf', severity: 'error', message: read.problem, where });
    else if (!isKey(read.key))
      findings.push({
        rule: 'rfs-conf',
        severity: 'error',
        message: `there is no key ${read.key}`,
        where,
      });
    else conf[read.key] = read.value;
  }
  for (const key of RFS_CONF_KEYS) if (env[key]) conf[key] = env[key];
  return { conf, findings };
}

/** The same for a file that is to be used: throws `config` with every line in which something is wrong. */
export function requireRfsConf(
  text: string,
  options: { file: string; env: NodeJS.ProcessEnv },
): RfsConf {
  const { conf, findings } = readRfsConf(text, options);
  if (passes(findings)) return conf;
  const lines = findings.map(({ where, message }) => `${where?.file}:${where?.line}: ${message}`);
  throw new LockstepError('config', lines.join('\n'));
}

type Line = { key: string; value: string } | { problem: string };

function readLine(line: string): Line | undefined {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const [, key, text = ''] = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/s.exec(trimmed) ?? [];
  if (key == null) return { problem: 'a line is KEY=VALUE' };
  const value = valueOf(text);
  return value == null
    ? { problem: `the value of ${key} is for a shell: write it out` }
    : { key, value };
}

/** Undefined for what a shell would change: `$`, backquotes, several words. */
function valueOf(text: string): string | undefined {
  const single = /^'([^']*)'\s*(?:#.*)?$/.exec(text);
  if (single) return single[1];
  const double = /^"((?:[^"\\$`]|\\.)*)"\s*(?:#.*)?$/.exec(text);
  if (double) return (double[1] ?? '').replace(/\\(["\\$`])/g, '$1');
  const plain = /^([^\s'"$`\\;&|<>()#]*)(?:\s+#.*|\s*)$/.exec(text);
  return plain?.[1];
}

function isKey(key: string): key is RfsConfKey {
  return (RFS_CONF_KEYS as readonly string[]).includes(key);
}
