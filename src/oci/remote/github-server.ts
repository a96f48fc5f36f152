/** The GitHub server that `GITHUB_TOKEN` is for. */
export interface GithubServer {
  /** Host of its registry. */
  registry: string;
  /** Address of its REST API. */
  api: string;
  /** True for hosts of the same server. */
  owns: (host: string) => boolean;
}

/**
 * The server of an environment: github.com, or what `GITHUB_SERVER_URL` names; undefined when that
 * is no address. Registries are called as GitHub documents them for its products ("Working with
 * the Container registry"), whose APIs `GITHUB_API_URL` names where there is one.
 */
export function githubServer(env: NodeJS.ProcessEnv): GithubServer | undefined {
  const address = env.GITHUB_SERVER_URL || 'https://github.com';
  if (!URL.canParse(address)) return undefined;
  const { host } = new URL(address);
  const isPublic = host === 'github.com';
  const registry = isPublic ? 'ghcr.io' : `containers.${host}`;
  // GitHub Enterprise Cloud with data residency has an API beside the server, as github.com has.
  const isHosted = isPublic || host.endsWith('.ghe.com');
  const api = env.GITHUB_API_URL || (isHosted ? `https://api.${host}` : `https://${host}/api/v3`);
  const owns = (other: string) =>
    other === registry || other === host || other.endsWith(`.${host}`);
  return { registry, api, owns };
}
