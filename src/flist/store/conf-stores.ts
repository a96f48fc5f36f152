import { LockstepError } from '../../system/error.ts';
import type { RfsConf } from './rfs-conf.ts';
import type { Route } from './route.ts';

/** Where blocks are written and where machines read them. */
export interface ConfStores {
  stores: Route[];
  routes: Route[];
}

const ALL = { start: 0, end: 255 };

/**
 * The bucket and the route that an rfs.conf tells of, with the defaults of the scripts that it
 * comes from. Throws `config` for keys that are missing, for one key that both writes and reads,
 * and for a route that leads elsewhere than the blocks are written.
 */
export function confStores(conf: RfsConf): ConfStores {
  const endpoint = required(conf, 'S3_ENDPOINT');
  const written = pathOf(required(conf, 'S3_BUCKET'), conf.S3_PREFIX);
  const read = pathOf(conf.ROUTE_PATH ?? '/blobs');
  const routeEndpoint = conf.ROUTE_ENDPOINT ?? endpoint;
  if (routeEndpoint === endpoint && read !== written) {
    throw new LockstepError(
      'config',
      `blocks would be written to ${written} and read from ${read}`,
      {
        hint: `set ROUTE_PATH=${written}`,
      },
    );
  }
  const writer = {
    user: required(conf, 'S3_ACCESS_KEY'),
    password: required(conf, 'S3_SECRET_KEY'),
  };
  const reader = {
    user: required(conf, 'READ_ACCESS_KEY'),
    password: required(conf, 'READ_SECRET_KEY'),
  };
  if (writer.user === reader.user)
    throw new LockstepError('config', 'READ_ACCESS_KEY is the key that writes', {
      hint: 'everybody with the flist has the key that reads: give it one that can do no more',
    });
  const store = s3Url(endpoint, written, { ...writer, region: conf.S3_REGION ?? '' });
  const route = s3Url(routeEndpoint, read, { ...reader, region: conf.ROUTE_REGION ?? 'garage' });
  return { stores: [{ ...ALL, url: store }], routes: [{ ...ALL, url: route }] };
}

function s3Url(
  endpoint: string,
  path: string,
  { user, password, region }: { user: string; password: string; region: string },
): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new LockstepError('config', `${endpoint} is no address of an S3 server`, {
      hint: 'write it as https://HOST:PORT',
    });
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const keys = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const scheme = url.protocol === 'https:' ? 's3s' : 's3';
  const query = region === '' ? '' : `?region=${encodeURIComponent(region)}`;
  return `${scheme}://${keys}@${url.hostname}:${port}${path}${query}`;
}

function pathOf(...parts: (string | undefined)[]): string {
  return `/${parts
    .flatMap((part) => (part ?? '').split('/'))
    .filter(Boolean)
    .join('/')}`;
}

function required(conf: RfsConf, key: keyof RfsConf): string {
  const value = conf[key];
  if (value) return value;
  throw new LockstepError('config', `rfs.conf has no ${key}`);
}
