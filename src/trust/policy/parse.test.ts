import { describe, expect, it } from 'vitest';
import { parsePolicy } from './parse.ts';

const read = (policy: unknown) =>
  parsePolicy(
    Buffer.from(typeof policy === 'string' ? policy : JSON.stringify(policy)),
    'policy.json',
  );
const signed = (more: object) => ({
  default: [{ type: 'sigstoreSigned', ...more }],
});
const refusal = (policy: unknown): string => {
  try {
    read(policy);
  } catch (error) {
    expect(error).toMatchObject({ code: 'config', places: expect.any(Array) });
    return error instanceof Error ? error.message : '';
  }
  return 'accepted';
};

describe(parsePolicy, () => {
  it('reads one of 10 MB, as hosts do', () => {
    const policy = `${' '.repeat(10_000_000)}{"default":[{"type":"reject"}]}`;

    expect(read(policy).default).toEqual([{ type: 'reject' }]);
  });

  it('reads transports and scopes, and takes matchRepoDigestOrExact where nothing is said', () => {
    const policy = read({
      ...signed({ keyPath: '/k' }),
      transports: {
        docker: {
          '': [{ type: 'reject' }],
          'a.example/os': [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: '/g' }],
        },
      },
    });

    expect(policy.default).toEqual([
      {
        type: 'sigstoreSigned',
        by: { kind: 'key', keys: [{ path: '/k' }] },
        signedIdentity: { type: 'matchRepoDigestOrExact' },
      },
    ]);
    expect(policy.transports.get('docker')?.get('a.example/os')).toMatchObject([
      { type: 'signedBy' },
    ]);
  });

  it('reads keys in the policy, and several', () => {
    const keyData = Buffer.from('a key').toString('base64');
    const { default: read1 } = read(signed({ keyDatas: [keyData, keyData] }));
    const { default: read2 } = read(signed({ keyPaths: ['/a', '/b'] }));

    expect(read1).toMatchObject([{ by: { keys: [{ data: Buffer.from('a key') }, {}] } }]);
    expect(read2).toMatchObject([{ by: { keys: [{ path: '/a' }, { path: '/b' }] } }]);
  });

  it.each([
    ['no default', {}],
    ['an empty default', { default: [] }],
    ['an unknown member', { default: [{ type: 'reject' }], more: 1 }],
    ['an unknown member of a requirement', { default: [{ type: 'reject', why: 'x' }] }],
    ['an unknown type', { default: [{ type: 'maybe' }] }],
    ['a signature by nobody', signed({})],
    ['a key in two ways', signed({ keyPath: '/k', keyData: 'aGk=' })],
    ['no keys', signed({ keyPaths: [] })],
    ['a key that is no base64', signed({ keyData: '%%' })],
    ['an unknown way to compare names', signed({ keyPath: '/k', signedIdentity: { type: 'any' } })],
    [
      'a name that is none',
      signed({
        keyPath: '/k',
        signedIdentity: { type: 'exactRepository', dockerRepository: 'A B' },
      }),
    ],
    [
      'Fulcio without a log',
      signed({ fulcio: { caPath: '/c', oidcIssuer: 'i', subjectEmail: 's' } }),
    ],
    [
      'Fulcio without an issuer',
      signed({ fulcio: { caPath: '/c', subjectEmail: 's' }, rekorPublicKeyPath: '/r' }),
    ],
    ['a certificate of nobody', signed({ pki: { caRootsPath: '/c' } })],
    [
      'a scope that cannot be',
      { default: [{ type: 'reject' }], transports: { oci: { relative: [{ type: 'reject' }] } } },
    ],
    ['a doubled member', '{"default":[{"type":"reject"}],"default":[{"type":"reject"}]}'],
    ['text behind it', '{"default":[{"type":"reject"}]} x'],
    ['nothing', ''],
  ])('refuses %s, with the place', (_, policy) => {
    expect(refusal(policy)).toMatch(/^policy\.json:\d+:\d+: /);
  });

  it('tells every unknown member by its own line', () => {
    const text = '{\n  "default": [{"type": "reject"}],\n  "one": 1,\n  "two": 2\n}';

    expect(refusal(text)).toBe(
      'policy.json:3:3: the member "one" is not known\npolicy.json:4:3: the member "two" is not known',
    );
  });
});
