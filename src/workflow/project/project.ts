import type { Config, Stream } from '../../config/schema.ts';
import { RFS_CONF_KEYS } from '../../flist/store/rfs-conf.ts';
import { LockstepError } from '../../system/error.ts';
import type { ActionPin } from '../actions/actions.ts';
import type { Extra } from './extra.ts';

/** What generated files depend on, and nothing else: the same project gives the same bytes. */
export interface Project {
  config: Config;
  /** Version of lockstep that jobs install. */
  version: string;
  /** Pins that the project's files have already, by the names of their actions; they stay. */
  pins: ReadonlyMap<string, ActionPin>;
  /** What is made beside the files of the engine. */
  extras: readonly Extra[];
}

/** How jobs log in at the registry that is published to. */
export type Login = 'token' | 'file' | 'none';

/** The registry of github.com, which takes the token of a job. */
export const GITHUB_REGISTRY = 'ghcr.io';

/** How jobs log in. Registries of several kinds make the more general way the one for all. */
export function loginOf({ config }: Project): Login {
  const ways = config.streams.map(({ publish }) => wayInto(publish.registry, config.ci.engine));
  return ways.find((way) => way === 'file') ?? ways.find((way) => way === 'token') ?? 'none';
}

function wayInto(registry: string, engine: Config['ci']['engine']): Login {
  if (registry.startsWith('oci:')) return 'none';
  const isGithubs = registry.split('/')[0] === GITHUB_REGISTRY;
  return engine === 'github' && isGithubs ? 'token' : 'file';
}

/** True when candidates are attested: where nobody said, as the engine and the registry can. */
export function attests({ config }: Project): boolean {
  const { engine, attest } = config.ci;
  const inRegistry = config.streams.every(({ publish }) => !publish.registry.startsWith('oci:'));
  return attest ?? (engine === 'github' && inRegistry);
}

/** True when there are pages: where nobody said, with a first boot to publish. */
export function hasPages({ config }: Project): boolean {
  const { engine, pages, ignition } = config.ci;
  return engine === 'github' && (pages ?? ignition != null);
}

/** The secrets by which modules are signed: names of `env:NAME` in the streams. */
export function signingSecrets(streams: readonly Stream[]): string[] {
  const places = streams.flatMap(({ signing }) => [
    signing?.key,
    signing?.certificate,
    signing?.passphrase,
  ]);
  return secretsIn(places);
}

/** The secrets by which verdicts and what is promoted are signed. */
export function trustSecrets(streams: readonly Stream[]): string[] {
  const signing = streams.flatMap(({ trust }) => (trust ? [trust] : []));
  const places = signing.map(({ key, password = 'env:COSIGN_PASSWORD', keyless }) => [
    ...(key == null ? [] : [key, password]),
    tokenOf(keyless),
  ]);
  return secretsIn(places.flat());
}

/** True when a promotion signs as the job that makes it. */
export function signsKeyless({ config }: Project): boolean {
  return config.streams.some(({ trust }) => asksForToken(trust));
}

/** True when verdicts are signed as their job too, since there is no key. */
export function judgesKeyless({ config }: Project): boolean {
  return config.streams.some(({ trust }) => trust?.key == null && asksForToken(trust));
}

function asksForToken(trust: Stream['trust']): boolean {
  return trust?.keyless != null && tokenOf(trust.keyless) == null;
}

/** The token that is named; without one the engine is asked for it. */
function tokenOf(keyless: NonNullable<Stream['trust']>['keyless']): string | undefined {
  return typeof keyless === 'object' ? keyless.token : undefined;
}

/** The secrets by which stores of flists are written and read, and manifests signed. */
export function flistSecrets(streams: readonly Stream[]): string[] {
  const flists = streams.flatMap((stream) => (stream.flists ? [stream.flists] : []));
  const keys = flists.flatMap(({ write, read, sign }) => [
    ...Object.values(write ?? {}),
    ...Object.values(read ?? {}),
    sign,
  ]);
  const overrides = flists.some(({ conf }) => conf != null) ? CONF_KEYS : [];
  return [...new Set([...secretsIn(keys), ...overrides])].sort();
}

/** The keys of an rfs.conf, which the environment may give in place of the file. */
const CONF_KEYS = RFS_CONF_KEYS.filter((key) => key.endsWith('_KEY'));

/** The secrets that the first boot takes values from. */
export function ignitionSecrets(streams: readonly Stream[]): string[] {
  return secretsIn(streams.flatMap(({ ignition }) => Object.values(ignition?.variables ?? {})));
}

function secretsIn(places: readonly unknown[]): string[] {
  const names = places.map((place) => /^env:(\w+)$/.exec(String(place))?.[1]);
  return [...new Set(names.filter((name) => name != null))].sort();
}

/** Throws `config` for what jobs on machines of their own cannot do. */
export function checkProject({ config }: Project): void {
  for (const { name, publish } of config.streams) {
    if (/^oci:(?!\/)/.test(publish.registry)) {
      throw new LockstepError(
        'config',
        `${publish.registry} of stream ${name} is gone with the job`,
        {
          hint: 'publish to a registry (publish.registry: HOST/OWNER), or to oci:/FOLDER of a runner of your own',
        },
      );
    }
  }
}
