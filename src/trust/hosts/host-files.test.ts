import { describe, expect, it } from 'vitest';
import { aSigner } from '../testing/keys.ts';
import { type HostFilesRequest, hostFiles } from './host-files.ts';

const one = aSigner().publicKey;
const two = aSigner().publicKey;
const SCOPE = 'registry.example.org/zfs';

function files(request: Partial<HostFilesRequest> = {}): Map<string, string> {
  const all = hostFiles({ name: 'zfs', scopes: [SCOPE], keys: [one], ...request });
  return new Map(all.map(({ path, text }) => [path, text]));
}

function policy(request: Partial<HostFilesRequest> = {}) {
  return JSON.parse(files(request).get('etc/containers/policy.json') ?? '') as {
    default: unknown;
    transports: Record<string, Record<string, Record<string, unknown>[]>>;
  };
}

const asBase = (document: object) => ({
  bytes: Buffer.from(JSON.stringify(document)),
  file: 'policy.json',
});

describe('hostFiles', () => {
  it('names each key after its content, so that a path never changes what it holds', () => {
    const [path] = [...files().keys()].filter((name) => name.startsWith('etc/pki'));

    expect(path).toBe(`etc/pki/containers/zfs-${one.fingerprint.slice(0, 7)}.pub`);
    expect(files().get(path ?? '')).toBe(one.pem);
    expect([...files({ keys: [two] }).keys()]).not.toContain(path);
  });

  it('takes one key by keyPath and several by keyPaths', () => {
    expect(policy().transports['docker']?.[SCOPE]?.[0]).toMatchObject({
      keyPath: expect.stringMatching(/^\/etc\/pki\//),
    });
    const several = policy({ keys: [one, two] }).transports['docker']?.[SCOPE]?.[0];
    expect(several).not.toHaveProperty('keyPath');
    expect(several?.['keyPaths']).toHaveLength(2);
  });

  it('leaves everything of a base but its own scope as it is', () => {
    const base = {
      default: [{ type: 'reject' }],
      transports: {
        docker: { 'other.example.org': [{ type: 'reject' }] },
        dir: { '': [{ type: 'insecureAcceptAnything' }] },
      },
    };

    const { transports, ...rest } = policy({ base: asBase(base) });

    expect(rest).toEqual({ default: base.default });
    expect(transports['dir']).toEqual(base.transports.dir);
    expect(transports['docker']).toMatchObject(base.transports.docker);
  });

  it('makes the default refuse when it is to be enforced, and lets the transports do what it did', () => {
    const base = {
      default: [{ type: 'insecureAcceptAnything' }],
      transports: { docker: { '': [{ type: 'reject' }] } },
    };

    const enforced = policy({ base: asBase(base), enforce: true });

    expect(enforced.default).toEqual([{ type: 'reject' }]);
    expect(enforced.transports['oci']).toEqual({ '': base.default });
    expect(enforced.transports['docker']?.['']).toEqual([{ type: 'reject' }]);
  });

  it('refuses to go without a key, and a base that hosts would not load', () => {
    expect(() => files({ keys: [] })).toThrow(/hosts need a key/);
    expect(() => files({ base: asBase({ default: [], unknown: 1 }) })).toThrow(/policy\.json/);
  });
});
