import type { Config } from '../../config/schema.ts';
import { flistRepository } from '../../release/channel/channel.ts';
import type { EngineClient } from '../engine/client.ts';
import { LOGIN_SECRET } from '../machine/login-secret.ts';
import {
  flistSecrets,
  hasPages,
  ignitionSecrets,
  loginOf,
  type Project,
  signingSecrets,
  trustSecrets,
} from '../project/project.ts';
import { githubSettings, orTold } from './github.ts';
import { forgejoSettings, gitlabSettings } from './others.ts';
import type { Setting, Wanted } from './setting.ts';

/** What a project needs of its repository. */
export function wantedSettings(config: Config): Wanted {
  const project: Project = { config, version: '', pins: new Map(), extras: [] };
  const { streams, ci } = config;
  const login = loginOf(project) === 'file' ? [LOGIN_SECRET] : [];
  const packages = streams.flatMap(({ publish, flists }) => {
    const [host, owner = '', ...more] = publish.registry.split('/');
    if (host !== 'ghcr.io') return [];
    const own = flists ? [flistRepository({ publish, flists })] : [];
    return [publish.image, publish.kmods, ...own].map((name) => ({
      owner,
      name: [...more, name].join('/'),
    }));
  });
  const distinct = new Map(packages.map((one) => [`${one.owner}/${one.name}`, one]));
  return {
    branch: ci.branch,
    ...(ci.environment && { environment: ci.environment }),
    pages: hasPages(project),
    secrets: [
      ...new Set([
        ...signingSecrets(streams),
        ...trustSecrets(streams),
        ...flistSecrets(streams),
        ...ignitionSecrets(streams),
        ...login,
      ]),
    ].sort(),
    packages: [...distinct.values()],
  };
}

/** The settings of a repository as they are and as they should be; nothing is changed. */
export async function readSettings(client: EngineClient, wanted: Wanted): Promise<Setting[]> {
  const ways = { github: githubSettings, forgejo: forgejoSettings, gitlab: gitlabSettings };
  const settings: Setting[] = [];
  for (const ask of ways[client.place.engine](client, wanted))
    settings.push(...(await orTold(ask)));
  return settings;
}

/** Changes what is to be changed, in order; what is told stays. */
export async function applySettings(
  client: EngineClient,
  settings: readonly Setting[],
): Promise<void> {
  for (const { calls } of settings) for (const call of calls) await client.ask(call);
}
