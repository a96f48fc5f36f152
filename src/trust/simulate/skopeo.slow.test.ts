import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../oci/open/open.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../../oci/testing/docker-registry.ts';
import { putImage } from '../../oci/testing/image.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { findPeer, type Peer } from '../../system/testing/peers.ts';
import { layerOf, signClaim } from '../signature/layer.ts';
import { certificateMaker, type Issued } from '../testing/authority.ts';
import { type Keys, keylessLayer, loggedLayer, sceneImages, sceneKeys } from '../testing/scene.ts';
import {
  EVERYWHERE,
  foretell,
  type HostCase,
  hostMaker,
  pull,
  type Verdict,
} from '../testing/skopeo.ts';

const why = whyNoRegistry();
const ANY = [{ type: 'insecureAcceptAnything' }];
const NO = [{ type: 'reject' }];
const ISSUER = 'https://issuer.example.org';
const EMAIL = 'maintainer@example.org';
const issuerText = (text: string) => `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${text}`;
const issuerPlain = (text: string) =>
  `1.3.6.1.4.1.57264.1.1=DER:${Buffer.from(text).toString('hex')}`;

describe.skipIf(why != null)(`simulate beside skopeo ${why ?? ''}`, () => {
  let server: RegistryServer;
  let folder: TemporaryFolder;
  let skopeo: Peer | { why: string };
  let keys: Keys;
  let host: string;
  let makeHost: ReturnType<typeof hostMaker>;
  const certificates: Record<string, Issued> = {};
  const told: Verdict[] = [];

  beforeAll(async () => {
    [server, folder, skopeo] = await Promise.all([
      startDockerRegistry(),
      temporaryFolder(),
      findPeer('skopeo-sid'),
    ]);
    host = server.host;
    makeHost = hostMaker(folder.path);
    keys = await sceneKeys(folder.path);
    const made = certificateMaker(folder.path);
    const root = made.authority('root');
    const other = made.authority('other');
    const middle = made.authority('middle', {
      by: root,
      extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0'],
    });
    const deep = made.authority('deep', { by: middle });
    const code = 'extendedKeyUsage=codeSigning';
    const san = `subjectAltName=email:${EMAIL}`;
    const fulcio = (extensions: string[], by = root) =>
      made.leaf('fulcio', { by, extensions: [code, san, ...extensions] });
    Object.assign(certificates, {
      root,
      other,
      middle,
      good: fulcio([issuerText(ISSUER)]),
      plain: fulcio([issuerPlain(ISSUER)]),
      both: fulcio([issuerPlain(ISSUER), issuerText(ISSUER)]),
      twoIssuers: fulcio([issuerPlain(ISSUER), issuerText('https://other.example.org')]),
      otherIssuer: fulcio([issuerText('https://other.example.org')]),
      noIssuer: fulcio([]),
      stranger: fulcio([issuerText(ISSUER)], other),
      below: fulcio([issuerText(ISSUER)], middle),
      tooDeep: fulcio([issuerText(ISSUER)], deep),
      deep,
      noUsage: made.leaf('no-usage', { by: root, extensions: [san] }),
      wrongUsage: made.leaf('wrong', {
        by: root,
        extensions: ['extendedKeyUsage=serverAuth', san],
      }),
      hostname: made.leaf('hostname', {
        by: root,
        extensions: [code, 'subjectAltName=DNS:ci.example.org,DNS:*.build.example.org'],
      }),
      critical: made.leaf('critical', {
        by: root,
        extensions: [code, san, '1.2.3.4.5=critical,ASN1:UTF8String:odd'],
      }),
      ended: made.leaf('ended', { by: root, days: -1, extensions: [code, san] }),
      noCa: made.leaf('not-ca', { by: root, extensions: [code] }),
    });
    certificates.belowLeaf = made.leaf('below-leaf', {
      by: certificate('noCa'),
      extensions: [code, san],
    });
    await publishAll();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const certificate = (name: string) => certificates[name] as Issued;

  async function publishAll() {
    const registry = openRegistry(host, { env: {}, cwd: '/' });
    const { signers } = keys;
    const images = sceneImages(registry, host, keys);
    const { publish, signed, index } = images;
    for (const name of ['rsa', 'p384', 'p521', 'ed25519', 'old'] as const)
      await signed(`kinds/${name}`, signers[name]);
    await signed('signed');
    await signed('tagged', signers.ours, (own) => [`${own}:v1`]);
    await signed('both', signers.ours, (own) => [own, `${own}:v1`]);
    await signed('othertag', signers.ours, (own) => [`${own}:v2`]);
    await signed('mirror/image', signers.ours, () => ['registry.example.org/owner/image:v1']);
    await signed('mirror/plain', signers.ours, () => ['registry.example.org/owner/plain']);
    await signed('short', signers.ours, () => ['image:v1']);
    await signed('noname', signers.ours, () => ['Not A Name']);
    await publish('unsigned', () => []);
    await publish('nosignature', ({ digest }, identity) => {
      const { mediaType, bytes } = signClaim({ digest, identity }, signers.ours);
      return [{ mediaType, bytes }];
    });
    await publish('twosigners', ({ digest }, identity) =>
      [signers.old, signers.ours].map((signer) => signClaim({ digest, identity }, signer)),
    );
    await publish('wrongdigest', (_, identity) => [
      signClaim({ digest: `sha256:${'0'.repeat(64)}`, identity }, signers.ours),
    ]);
    await publish('beside', ({ digest }, identity) => [
      { mediaType: 'application/vnd.dsse.envelope.v1+json', bytes: Buffer.from('{}') },
      signClaim({ digest, identity }, signers.ours),
    ]);
    const payloads: Record<string, (text: string) => string> = {
      spaces: (text) => ` ${text.replaceAll(':{', ' : {')}\n`,
      optional: (text) =>
        text.replace('"optional":null', '"optional":{"a":{"b":1},"creator":"x","timestamp":7}'),
      fraction: (text) => text.replace('"optional":null', '"optional":{"timestamp":0.5}'),
      creator: (text) => text.replace('"optional":null', '"optional":{"creator":1}'),
      nooptional: (text) => text.replace(',"optional":null', ''),
      unknown: (text) => text.replace('"critical":{', '"critical":{"more":1,'),
      doubled: (text) => text.replace('"critical":{', '"critical":{"type":"x",'),
      othertype: (text) => text.replace('cosign container', 'atomic container'),
      behind: (text) => `${text}{}`,
      huge: (text) => text.replace('"optional":null', '"optional":{"a":1e999}'),
    };
    for (const [name, edit] of Object.entries(payloads))
      await publish(`payload/${name}`, ({ digest }, identity) => {
        const { bytes } = signClaim({ digest, identity }, signers.ours);
        const payload = Buffer.from(edit(Buffer.from(bytes).toString()));
        return [layerOf(payload, signers.ours.sign(payload))];
      });
    await publish('damaged', ({ digest }, identity) => {
      const layer = signClaim({ digest, identity }, signers.ours);
      return [{ ...layer, bytes: Buffer.from(`${Buffer.from(layer.bytes).toString()} `) }];
    });
    await publish('logged', ({ digest }, identity) => [
      loggedLayer({ digest, identity }, { signer: signers.ours, log: signers.log }),
    ]);
    await publish('otherlog', ({ digest }, identity) => [
      loggedLayer({ digest, identity }, { signer: signers.ours, log: signers.old }),
    ]);
    await index('index/index', 'index');
    await index('index/images', 'images');
    await index('index/all', 'all');
    await index('index/amd64', 'amd64');
    const { log } = signers;
    const root = certificate('root');
    const behind: Record<string, Issued[]> = {
      below: [certificate('middle'), root],
      tooDeep: [certificate('deep'), certificate('middle'), root],
      belowLeaf: [certificate('noCa'), root],
    };
    for (const name of Object.keys(certificates)) {
      if (['root', 'other', 'middle', 'deep', 'noCa'].includes(name)) continue;
      const chain = behind[name] ?? [root];
      const leaf = certificate(name);
      await publish(`keyless/${name.toLowerCase()}`, ({ digest }, identity) => [
        keylessLayer({ digest, identity }, { leaf, chain, log }),
      ]);
    }
    const leaf = certificate('good');
    await publish('keyless/late', ({ digest }, identity) => [
      keylessLayer({ digest, identity }, { leaf, log, at: new Date('2040-01-01') }),
    ]);
    await publish('keyless/nolog', ({ digest }, identity) => [
      keylessLayer({ digest, identity }, { leaf, chain: [root] }),
    ]);
    await publish('keyless/otherlog', ({ digest }, identity) => [
      keylessLayer({ digest, identity }, { leaf, log: signers.old }),
    ]);
  }

  /** Asks both, and expects the same of both. */
  async function agree(wanted: Verdict, one: HostCase): Promise<void> {
    if ('why' in skopeo) throw new Error(skopeo.why);
    const files = await makeHost(one);
    const theirs = await pull(skopeo, one, files);
    const ours = await foretell(one, files);
    told.push(theirs.verdict);
    expect({ theirs: theirs.verdict, ours: ours.verdict, said: [theirs.said, ours.said] }).toEqual({
      theirs: wanted,
      ours: wanted,
      said: expect.anything() as unknown,
    });
  }

  const bySigned = (more: object) => [{ type: 'sigstoreSigned', ...more }];
  const repository = { signedIdentity: { type: 'matchRepository' } };
  const ourKey = (more: object = repository) => bySigned({ keyPath: keys.paths.ours, ...more });
  const docker = (requirements: unknown, scope = '') => ({
    default: NO,
    transports: { docker: { [scope]: requirements } },
  });
  const image = (name: string) => (name.includes('@') ? `${host}/${name}` : `${host}/${name}:v1`);
  const from = (name: string, policy: unknown, more: Partial<HostCase> = {}): HostCase => ({
    reference: image(name),
    policy,
    ...more,
  });

  it.each<[Verdict, string, () => unknown]>([
    ['accepted', 'signed', () => ourKey()],
    ['refused', 'unsigned', () => ourKey()],
    ['refused', 'kinds/old', () => ourKey()],
    ['refused', 'wrongdigest', () => ourKey()],
    ['refused', 'damaged', () => ourKey()],
    ['refused', 'nosignature', () => ourKey()],
    ['accepted', 'twosigners', () => ourKey()],
    ['accepted', 'beside', () => ourKey()],
    ['accepted', 'unsigned', () => ANY],
    ['refused', 'signed', () => [...ANY, ...NO]],
    ['accepted', 'signed', () => [...ANY, ...ourKey()]],
    [
      'refused',
      'signed',
      () => [...ourKey(), ...bySigned({ keyPath: keys.paths.old, ...repository })],
    ],
    [
      'accepted',
      'twosigners',
      () => [...ourKey(), ...bySigned({ keyPath: keys.paths.old, ...repository })],
    ],
    ['refused', 'signed', () => [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: '/none' }]],
    [
      'refused',
      'signed',
      () => [{ type: 'signedBaseLayer', baseLayerIdentity: { type: 'matchExact' } }],
    ],
    ['refused', 'signed', () => bySigned({ keyPath: '/no/such/key.pub', ...repository })],
  ])('requirements: %s %s', (wanted, name, policy) => agree(wanted, from(name, docker(policy()))));

  it.each(['rsa', 'p384', 'p521', 'ed25519'] as const)('keys: %s', async (kind) => {
    const [own, other] = [keys.paths[kind], keys.paths.ours];
    const data = Buffer.from(keys.signers[kind].publicKey.pem).toString('base64');
    await agree(
      'accepted',
      from(`kinds/${kind}`, docker(bySigned({ keyPath: own, ...repository }))),
    );
    await agree(
      'accepted',
      from(`kinds/${kind}`, docker(bySigned({ keyPaths: [other, own], ...repository }))),
    );
    await agree(
      'accepted',
      from(`kinds/${kind}`, docker(bySigned({ keyData: data, ...repository }))),
    );
    await agree('refused', from('signed', docker(bySigned({ keyDatas: [data], ...repository }))));
  });

  it('one key of several that cannot be read ends it', async () => {
    const keyPaths = [keys.paths.ours, '/no/such/key.pub'];
    await agree('refused', from('signed', docker(bySigned({ keyPaths, ...repository }))));
  });

  it.each<[Verdict, string, () => unknown]>([
    ['refused', 'signed', () => undefined],
    ['accepted', 'tagged', () => undefined],
    ['accepted', 'both', () => ({ type: 'matchRepoDigestOrExact' })],
    ['refused', 'othertag', () => ({ type: 'matchRepoDigestOrExact' })],
    ['accepted', 'othertag', () => ({ type: 'matchRepository' })],
    ['refused', 'signed', () => ({ type: 'matchExact' })],
    ['accepted', 'tagged', () => ({ type: 'matchExact' })],
    ['refused', 'mirror/image', () => ({ type: 'matchRepository' })],
    [
      'accepted',
      'mirror/image',
      () => ({ type: 'exactReference', dockerReference: 'registry.example.org/owner/image:v1' }),
    ],
    [
      'refused',
      'mirror/plain',
      () => ({ type: 'exactReference', dockerReference: 'registry.example.org/owner/plain:v1' }),
    ],
    [
      'accepted',
      'mirror/plain',
      () => ({ type: 'exactRepository', dockerRepository: 'registry.example.org/owner/plain' }),
    ],
    [
      'accepted',
      'mirror/image',
      () => ({
        type: 'remapIdentity',
        prefix: `${host}/mirror`,
        signedPrefix: 'registry.example.org/owner',
      }),
    ],
    [
      'refused',
      'mirror/plain',
      () => ({
        type: 'remapIdentity',
        prefix: `${host}/mirror`,
        signedPrefix: 'registry.example.org/owner',
      }),
    ],
    [
      'refused',
      'mirror/image',
      () => ({
        type: 'remapIdentity',
        prefix: `${host}/mirr`,
        signedPrefix: 'registry.example.org/owner',
      }),
    ],
    [
      'accepted',
      'tagged',
      () => ({ type: 'remapIdentity', prefix: 'quay.io', signedPrefix: 'registry.example.org' }),
    ],
    [
      'accepted',
      'short',
      () => ({ type: 'exactReference', dockerReference: 'docker.io/library/image:v1' }),
    ],
    ['refused', 'noname', () => ({ type: 'matchRepository' })],
  ])('identities: %s %s %s', (wanted, name, identity) => {
    const signedIdentity = identity();
    return agree(wanted, from(name, docker(ourKey(signedIdentity ? { signedIdentity } : {}))));
  });

  it('an image by digest needs its repository named, with a tag', async () => {
    const registry = openRegistry(host, { env: {}, cwd: '/' });
    const by = async (name: string) => {
      const found = await registry.repository(name).resolve('v1');
      return from(`${name}@${found?.digest}`, docker(ourKey({})));
    };
    await agree('accepted', await by('othertag'));
    await agree('refused', await by('signed'));
  });

  it.each<[Verdict, () => string]>([
    ['accepted', () => `${host}/kinds/rsa:v1`],
    ['accepted', () => `${host}/kinds/rsa`],
    ['accepted', () => `${host}/kinds`],
    ['accepted', () => host],
    ['accepted', () => '*.0.0.1'],
    ['accepted', () => '*.1'],
    ['refused', () => host.replace(/:.*/, '')],
    ['refused', () => `${host}/kind`],
    ['refused', () => `${host}/kinds/`],
    ['refused', () => `*.${host}`],
    ['refused', () => `${host}/kinds/rsa:v2`],
  ])('scopes: %s', (wanted, scope) => agree(wanted, from('kinds/rsa', docker(ANY, scope()))));

  it('the most exact scope counts, and no other', async () => {
    const scopes = { '': NO, [host]: NO, [`${host}/kinds`]: ANY, '*.1': NO };
    await agree('accepted', from('kinds/rsa', { default: NO, transports: { docker: scopes } }));
    await agree('refused', from('signed', { default: ANY, transports: { docker: scopes } }));
    await agree('accepted', from('signed', { default: ANY, transports: { oci: { '': NO } } }));
  });

  it.each<[Verdict, string, string]>([
    ['accepted', 'spaces', 'takes any spaces'],
    ['accepted', 'optional', 'passes by what is optional'],
    ['refused', 'fraction', 'takes no fraction of a second'],
    ['refused', 'creator', 'takes no number for a name'],
    ['refused', 'nooptional', 'wants every member'],
    ['refused', 'unknown', 'takes no other member'],
    ['refused', 'doubled', 'takes no member twice'],
    ['refused', 'othertype', 'takes no other type'],
    ['refused', 'behind', 'takes nothing behind it'],
    ['refused', 'huge', 'takes no number that is none'],
  ])('payloads: %s %s: %s', (wanted, name) =>
    agree(wanted, from(`payload/${name}`, docker(ourKey()))),
  );

  it.each<[Verdict, string, string]>([
    ['refused', 'index', 'amd64'],
    ['accepted', 'images', 'amd64'],
    ['accepted', 'images', 'arm64'],
    ['accepted', 'all', 'arm64'],
    ['accepted', 'amd64', 'amd64'],
    ['refused', 'amd64', 'arm64'],
    ['refused', 'all', 's390x'],
  ])('an index: %s signed %s for %s', (wanted, name, architecture) => {
    const reference = `${host}/index/${name}:latest`;
    return agree(wanted, { reference, policy: docker(ourKey()), architecture });
  });

  it.each<[Verdict, () => Record<string, string>]>([
    ['accepted', () => EVERYWHERE],
    ['refused', () => ({})],
    ['refused', () => ({ 'a.yml': EVERYWHERE['all.yaml'] })],
    ['accepted', () => ({ 'a.yaml': `docker:\n  ${host}:\n    use-sigstore-attachments: yes\n` })],
    [
      'accepted',
      () => ({
        'a.yaml': `docker:\n  ${host}/signed: {}\n  '*.1': {use-sigstore-attachments: true}\n`,
      }),
    ],
    [
      'refused',
      () => ({
        ...EVERYWHERE,
        'a.yaml': `docker:\n  ${host}/signed:\n    use-sigstore-attachments: off\n`,
      }),
    ],
    [
      'accepted',
      () => ({
        ...EVERYWHERE,
        'a.yaml': 'docker:\n  quay.io:\n    lookaside: https://x.example\n',
      }),
    ],
    [
      'accepted',
      () => ({
        ...EVERYWHERE,
        'a.yaml': `docker:\n  ${host}/signed:\n    use-sigstore-attachments:\n    unknown: 1\n`,
      }),
    ],
    ['config', () => ({ ...EVERYWHERE, 'a.yaml': EVERYWHERE['all.yaml'] })],
    ['config', () => ({ ...EVERYWHERE, 'a.yaml': 'docker: [' })],
    ['config', () => ({ 'a.yaml': `docker:\n  ${host}: {use-sigstore-attachments: "true"}\n` })],
    [
      'config',
      () => ({ 'a.yaml': `docker:\n  ${host}: {}\n`, 'b.yaml': `docker:\n  ${host}: {}\n` }),
    ],
  ])('registries.d: %s', (wanted, registries) =>
    agree(wanted, from('signed', docker(ourKey()), { registries: registries() })),
  );

  const logged = (more: object) =>
    ourKey({ ...repository, rekorPublicKeyPath: keys.paths.log, ...more });
  it.each<[Verdict, string, () => unknown]>([
    ['accepted', 'logged', () => logged({})],
    ['refused', 'signed', () => logged({})],
    ['refused', 'otherlog', () => logged({})],
    [
      'accepted',
      'otherlog',
      () => ourKey({ ...repository, rekorPublicKeyPaths: [keys.paths.log, keys.paths.old] }),
    ],
    ['refused', 'logged', () => ourKey({ ...repository, rekorPublicKeyPath: keys.paths.rsa })],
    [
      'accepted',
      'logged',
      () =>
        bySigned({
          keyPaths: [keys.paths.old, keys.paths.ours],
          rekorPublicKeyPath: keys.paths.log,
          ...repository,
        }),
    ],
  ])('logs: %s %s', (wanted, name, policy) => agree(wanted, from(name, docker(policy()))));

  const fulcio = (more: object = {}) =>
    bySigned({
      fulcio: {
        caData: Buffer.from(certificate('root').pem).toString('base64'),
        oidcIssuer: ISSUER,
        subjectEmail: EMAIL,
        ...more,
      },
      rekorPublicKeyPath: keys.paths.log,
      ...repository,
    });
  it.each<[Verdict, string]>([
    ['accepted', 'good'],
    ['accepted', 'plain'],
    ['accepted', 'both'],
    ['refused', 'twoissuers'],
    ['refused', 'otherissuer'],
    ['refused', 'noissuer'],
    ['refused', 'stranger'],
    ['accepted', 'below'],
    ['refused', 'toodeep'],
    ['refused', 'late'],
    ['refused', 'nolog'],
    ['refused', 'otherlog'],
  ])('fulcio: %s %s', (wanted, name) => agree(wanted, from(`keyless/${name}`, docker(fulcio()))));

  it('fulcio: another address is another signer', () =>
    agree('refused', from('keyless/good', docker(fulcio({ subjectEmail: 'x@example.org' })))));

  const pki = (more: object = { subjectEmail: EMAIL }) =>
    bySigned({
      pki: { caRootsData: Buffer.from(certificate('root').pem).toString('base64'), ...more },
      ...repository,
    });
  it.each<[Verdict, string, object?]>([
    ['accepted', 'good'],
    ['accepted', 'nolog'],
    ['accepted', 'below'],
    ['accepted', 'nousage'],
    ['refused', 'wrongusage'],
    ['refused', 'stranger'],
    ['refused', 'toodeep'],
    ['refused', 'critical'],
    ['refused', 'ended'],
    ['refused', 'belowleaf'],
    ['accepted', 'hostname', { subjectHostname: 'ci.example.org' }],
    ['accepted', 'hostname', { subjectHostname: 'a.build.example.org' }],
    ['refused', 'hostname', { subjectHostname: 'a.b.build.example.org' }],
    ['refused', 'hostname', { subjectHostname: 'example.org' }],
    ['refused', 'hostname', { subjectEmail: EMAIL, subjectHostname: 'ci.example.org' }],
  ])('pki: %s %s %o', (wanted, name, more) =>
    agree(wanted, from(`keyless/${name}`, docker(pki(more)))),
  );

  it.each<[string, () => unknown]>([
    ['an unknown member', () => ({ ...docker(ANY), defaults: ANY })],
    ['no default', () => ({ transports: {} })],
    ['an empty list', () => docker([])],
    ['an unknown type', () => docker([{ type: 'accept' }])],
    ['a member twice', () => '{"default":[{"type":"reject"}],"default":[{"type":"reject"}]}'],
    [
      'a scope twice',
      () =>
        '{"default":[{"type":"reject"}],"transports":{"docker":{"a":[{"type":"reject"}],"\\u0061":[{"type":"reject"}]}}}',
    ],
    ['two sources of keys', () => docker(ourKey({ keyData: 'AAAA' }))],
    ['no source of keys', () => docker(bySigned({}))],
    [
      'fulcio without a log',
      () => docker(bySigned({ fulcio: { caPath: '/a', oidcIssuer: 'a', subjectEmail: 'b' } })),
    ],
    ['pki with a log', () => docker([{ ...pki()[0], rekorPublicKeyPath: '/a' }])],
    ['pki without a subject', () => docker(pki({}))],
    ['no keys in keyPaths', () => docker(bySigned({ keyPaths: [] }))],
    ['data that is no base64', () => docker(bySigned({ keyData: 'AAA' }))],
    ['a relative path as scope', () => ({ default: ANY, transports: { oci: { 'a/b': ANY } } })],
    ['the root as scope', () => ({ default: ANY, transports: { dir: { '/': ANY } } })],
    ['a path that is not clean', () => ({ default: ANY, transports: { oci: { '/a/../b': ANY } } })],
    [
      'a scope of an archive of docker',
      () => ({ default: ANY, transports: { 'docker-archive': { '/a': ANY } } }),
    ],
    [
      'an odd scope of atomic',
      () => ({ default: ANY, transports: { atomic: { 'a/b/c/d': ANY } } }),
    ],
    [
      'a digest as scope',
      () => ({
        default: ANY,
        transports: { 'docker-daemon': { [`sha256:${'a'.repeat(64)}`]: ANY } },
      }),
    ],
    [
      'a storage without a path',
      () => ({ default: ANY, transports: { 'containers-storage': { '[overlay@run]': ANY } } }),
    ],
    [
      'an exact reference without a tag',
      () => docker(ourKey({ signedIdentity: { type: 'exactReference', dockerReference: 'a/b' } })),
    ],
    [
      'a prefix that is none',
      () =>
        docker(
          ourKey({ signedIdentity: { type: 'remapIdentity', prefix: 'a/B', signedPrefix: 'a' } }),
        ),
    ],
    ['null for an identity', () => docker(ourKey({ signedIdentity: null }))],
    ['a comment', () => '// none\n{"default":[{"type":"reject"}]}'],
    ['an unknown kind of key', () => docker([{ type: 'signedBy', keyType: 'x', keyPath: '/a' }])],
  ])('policies that do not load: %s', (_, policy) => agree('config', from('signed', policy())));

  it.each<[string, () => unknown]>([
    [
      'null for a path beside data',
      () =>
        docker([
          ...ANY,
          ...bySigned({
            keyPath: null,
            keyData: Buffer.from(keys.signers.ours.publicKey.pem).toString('base64'),
            ...repository,
          }),
        ]),
    ],
    [
      'an unknown transport',
      () => ({
        ...docker(ANY),
        transports: { docker: { '': ANY }, ostree: { x: ANY }, new: { y: ANY } },
      }),
    ],
    [
      'a good storage',
      () => ({
        ...docker(ANY),
        transports: {
          docker: { '': ANY },
          'containers-storage': {
            '[overlay@/var/lib]': NO,
            '[/var]a/b:c': NO,
            [`[/var]a@${'a'.repeat(64)}`]: NO,
          },
        },
      }),
    ],
    [
      'a scope of atomic',
      () => ({ ...docker(ANY), transports: { docker: { '': ANY }, atomic: { 'a/b/c:d': NO } } }),
    ],
    ['no transports', () => ({ default: ANY })],
  ])('policies that load: %s', (_, policy) => agree('accepted', from('signed', policy())));

  it('images in layouts have no signatures, and are known by their folder', async () => {
    const layout = join(folder.path, 'layouts/image');
    await mkdir(layout, { recursive: true });
    const registry = openRegistry(`oci:${join(folder.path, 'layouts')}`, { env: {}, cwd: '/' });
    await putImage(registry.repository('image'), { layers: [Buffer.alloc(1024)], tag: 'v1' });
    const reference = `oci:${layout}:v1`;
    const oci = (scopes: object) => ({ default: NO, transports: { oci: scopes } });
    await agree('accepted', { reference, policy: oci({ [layout]: ANY }) });
    await agree('accepted', { reference, policy: oci({ [join(layout, '..')]: ANY }) });
    await agree('accepted', { reference, policy: oci({ '': ANY }) });
    await agree('refused', { reference, policy: oci({ [`${layout}:v1`]: ANY }) });
    await agree('refused', { reference, policy: oci({ '': ourKey() }) });
    await symlink(layout, join(folder.path, 'link'));
  });

  it('was asked often enough, with every answer', () => {
    expect(told.length).toBeGreaterThanOrEqual(80);
    for (const verdict of ['accepted', 'refused', 'config'] as const)
      expect(told.filter((one) => one === verdict).length).toBeGreaterThan(20);
  });
});
