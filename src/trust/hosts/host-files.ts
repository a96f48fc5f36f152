import { LockstepError } from '../../system/error.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import type { PublicKey } from '../key/public-key.ts';
import { parsePolicy } from '../policy/parse.ts';

/** A file of a host, by its path from the root. */
export interface HostFile {
  path: string;
  text: string;
}

export interface HostFilesRequest {
  /** What the files are called after. */
  name: string;
  /** `HOST/NAMESPACE` or `HOST/NAMESPACE/IMAGE`: what our keys vouch for. */
  scopes: readonly string[];
  /** Keys of which one must have signed. */
  keys: readonly PublicKey[];
  /** The policy.json that is there; ours is added to it. */
  base?: { bytes: Uint8Array; file: string };
  /**
   * Make `default` refuse: bootc and rpm-ostree, enforcing signatures, refuse to work with one that
   * accepts anything, whatever the scopes say. What `default` did until now, the transports do.
   */
  enforce?: boolean;
}

type Requirement = Record<string, unknown>;
interface PolicyDocument {
  default: Requirement[];
  transports?: Record<string, Record<string, Requirement[]>>;
}

/** Transports that containers-image knows (containers-transports(5)), by which pulls go on as before. */
const TRANSPORTS = [
  'atomic',
  'containers-storage',
  'dir',
  'docker',
  'docker-archive',
  'docker-daemon',
  'oci',
  'oci-archive',
  'sif',
  'tarball',
];

const ANYTHING: PolicyDocument = { default: [{ type: 'insecureAcceptAnything' }] };

/**
 * What hosts need to accept our images by signatures alone: policy.json, where signatures are
 * looked for, and the keys, each under a name that tells its content, because a host keeps files
 * below /etc that were changed there. Throws `usage` without a key, `config` for a base that hosts
 * would not load.
 */
export function hostFiles(request: HostFilesRequest): HostFile[] {
  const { name, scopes, keys } = request;
  if (keys.length === 0) throw noKey();
  const paths = keys.map((key) => ({ path: keyPath(name, key), text: key.pem }));
  const policy = policyOf(
    request,
    paths.map(({ path }) => `/${path}`),
  );
  return [
    { path: 'etc/containers/policy.json', text: `${JSON.stringify(policy, null, 2)}\n` },
    { path: `etc/containers/registries.d/${name}.yaml`, text: registriesText(scopes) },
    ...paths,
  ];
}

/** The path of a key never changes its content: another key has another path. */
function keyPath(name: string, { fingerprint }: PublicKey): string {
  return `etc/pki/containers/${name}-${fingerprint.slice(0, 7)}.pub`;
}

function policyOf(
  { scopes, base, enforce }: HostFilesRequest,
  keys: readonly string[],
): PolicyDocument {
  const there = base ? documentOf(base) : ANYTHING;
  const before = enforce ? withoutOpenDefault(there) : there;
  const requirement = {
    type: 'sigstoreSigned',
    ...(keys.length === 1 ? { keyPath: keys[0] } : { keyPaths: keys }),
    signedIdentity: { type: 'matchRepository' },
  };
  const ours = Object.fromEntries(scopes.map((scope) => [scope, [requirement]]));
  const docker = { ...before.transports?.['docker'], ...ours };
  return { ...before, transports: { ...before.transports, docker } };
}

/** The policy as it is written, after it was read as strictly as hosts read it. */
function documentOf({ bytes, file }: NonNullable<HostFilesRequest['base']>): PolicyDocument {
  parsePolicy(bytes, file);
  return parseStrictJson(bytes) as PolicyDocument;
}

function withoutOpenDefault(policy: PolicyDocument): PolicyDocument {
  const known = policy.transports ?? {};
  const names = [...new Set([...TRANSPORTS, ...Object.keys(known)])];
  const transports = names.map((name) => {
    const scopes = known[name] ?? {};
    return [name, '' in scopes ? scopes : { '': policy.default, ...scopes }] as const;
  });
  return { ...policy, default: [{ type: 'reject' }], transports: Object.fromEntries(transports) };
}

/** containers-registries.d(5): without this hosts look for no signature in the registry. */
function registriesText(scopes: readonly string[]): string {
  const lines = scopes.flatMap((scope) => [
    `  ${JSON.stringify(scope)}:`,
    '    use-sigstore-attachments: true',
  ]);
  return `docker:\n${lines.join('\n')}\n`;
}

function noKey(): LockstepError {
  return new LockstepError('usage', 'hosts need a key', {
    hint: 'policy.json names keyless signers by e-mail addresses only, never the job of a CI: sign with a key too',
  });
}
