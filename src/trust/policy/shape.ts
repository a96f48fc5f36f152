import { z } from 'zod';
import { isNameOnly, isNamePrefix, parseImageName } from './image-name.ts';
import type { FulcioSigner, KeySigner, PkiSigner, SigstoreSigned, Source } from './policy.ts';

/** Go reads null as an empty text. */
const text = z
  .string()
  .nullable()
  .transform((value) => value ?? '');
const filled = (what: string) => text.refine((value) => value !== '', `${what} must not be empty`);

/** Base64 as encoding/base64 of Go takes it: line ends count for nothing, padding must be there. */
const bytes = z
  .string()
  .transform((value) => value.replace(/[\r\n]/g, ''))
  .refine(
    (value) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value),
    'base64 is expected',
  )
  .transform((value) => Buffer.from(value, 'base64'));

const optionalBytes = bytes
  .nullable()
  .transform((value) => value ?? undefined)
  .optional();
const texts = z.array(text).min(1, 'it has no entries').optional();
const manyBytes = z
  .array(bytes.nullable().transform((value) => value ?? Buffer.alloc(0)))
  .min(1, 'it has no entries')
  .optional();

const match = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['matchExact', 'matchRepoDigestOrExact', 'matchRepository']) }),
  z.strictObject({
    type: z.literal('exactReference'),
    dockerReference: text.refine(isExact, 'a name with a tag or digest is expected'),
  }),
  z.strictObject({
    type: z.literal('exactRepository'),
    dockerRepository: text.refine((name) => parseImageName(name) != null, 'this is no name'),
  }),
  z.strictObject({
    type: z.literal('remapIdentity'),
    prefix: text.refine(isNamePrefix, 'a host, or a name with its host, is expected'),
    signedPrefix: text.refine(isNamePrefix, 'a host, or a name with its host, is expected'),
  }),
]);

const fulcio = z
  .strictObject({
    caPath: text.optional(),
    caData: optionalBytes,
    oidcIssuer: filled('oidcIssuer'),
    subjectEmail: filled('subjectEmail'),
  })
  .transform(({ caPath, caData, oidcIssuer, subjectEmail }, context): FulcioSigner => {
    const [ca = NONE, ...more] = sources({ path: caPath, data: caData });
    if (ca === NONE || more.length > 0) context.addIssue('one of caPath and caData is expected');
    return { kind: 'fulcio', ca, oidcIssuer, subjectEmail };
  });

const pki = z
  .strictObject({
    caRootsPath: text.optional(),
    caRootsData: optionalBytes,
    caIntermediatesPath: text.optional(),
    caIntermediatesData: optionalBytes,
    subjectEmail: text.default(''),
    subjectHostname: text.default(''),
  })
  .transform((given, context): PkiSigner => {
    const [roots = NONE, ...more] = sources({ path: given.caRootsPath, data: given.caRootsData });
    const [intermediates, ...others] = sources({
      path: given.caIntermediatesPath,
      data: given.caIntermediatesData,
    });
    const { subjectEmail, subjectHostname } = given;
    if (roots === NONE || more.length > 0)
      context.addIssue('one of caRootsPath and caRootsData is expected');
    if (others.length > 0)
      context.addIssue('caIntermediatesPath and caIntermediatesData exclude each other');
    if (subjectEmail === '' && subjectHostname === '')
      context.addIssue('subjectEmail or subjectHostname is expected');
    const known = intermediates ? { intermediates } : {};
    return { kind: 'pki', roots, ...known, subjectEmail, subjectHostname };
  });

/** `sigstoreSigned` of containers-policy.json(5). */
const sigstoreSigned = z
  .strictObject({
    type: z.literal('sigstoreSigned'),
    keyPath: text.optional(),
    keyPaths: texts,
    keyData: optionalBytes,
    keyDatas: manyBytes,
    fulcio: fulcio.optional(),
    pki: pki.optional(),
    rekorPublicKeyPath: text.optional(),
    rekorPublicKeyPaths: texts,
    rekorPublicKeyData: optionalBytes,
    rekorPublicKeyDatas: manyBytes,
    signedIdentity: match.default({ type: 'matchRepoDigestOrExact' }),
  })
  .transform((given, context): SigstoreSigned => {
    const keys = keysOf([given.keyPath, given.keyPaths, given.keyData, given.keyDatas]);
    const rekorKeys = keysOf([
      given.rekorPublicKeyPath,
      given.rekorPublicKeyPaths,
      given.rekorPublicKeyData,
      given.rekorPublicKeyDatas,
    ]);
    const signers = [...keys.map(keySigner), given.fulcio, given.pki].filter((by) => by != null);
    const [by = keySigner([]), ...more] = signers;
    if (signers.length === 0 || more.length > 0)
      context.addIssue(
        'exactly one of keyPath, keyPaths, keyData, keyDatas, fulcio and pki is expected',
      );
    if (rekorKeys.length > 1)
      context.addIssue('only one of the rekorPublicKey… members can be there');
    if (by.kind === 'fulcio' && rekorKeys.length === 0)
      context.addIssue('fulcio needs one of the rekorPublicKey… members');
    if (by.kind === 'pki' && rekorKeys.length > 0)
      context.addIssue('pki knows no rekorPublicKey… members');
    const [logs] = rekorKeys;
    const { type, signedIdentity } = given;
    return { type, by, ...(logs ? { rekorKeys: logs } : {}), signedIdentity };
  });

const KEY_TYPES = ['GPGKeys', 'signedByGPGKeys', 'X509Certificates', 'signedByX509CAs'] as const;

const signedBy = z
  .strictObject({
    type: z.literal('signedBy'),
    keyType: z.enum(KEY_TYPES),
    keyPath: text.optional(),
    keyPaths: z.array(text).nullable().optional(),
    keyData: optionalBytes,
    signedIdentity: match.optional(),
  })
  .transform(({ type, ...given }, context) => {
    const said = [given.keyPath, given.keyPaths, given.keyData].filter((key) => key !== undefined);
    if (said.length !== 1 || said[0] === '' || said[0] == null)
      context.addIssue('exactly one of keyPath, keyPaths and keyData is expected');
    return { type };
  });

const signedBaseLayer = z
  .strictObject({ type: z.literal('signedBaseLayer'), baseLayerIdentity: match })
  .transform(({ type }) => ({ type }));

const requirement = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['insecureAcceptAnything', 'reject']) }),
  sigstoreSigned,
  signedBy,
  signedBaseLayer,
]);

const requirements = z.array(requirement).min(1, 'at least one requirement is expected');

/** A whole policy.json. */
export const PolicyShape = z.strictObject({
  default: requirements,
  transports: z.record(z.string(), z.record(z.string(), requirements)).optional(),
});

const NONE: Source = { path: '' };

function isExact(name: string): boolean {
  const parsed = parseImageName(name);
  return parsed != null && !isNameOnly(parsed);
}

/** Go counts an empty path as none. */
function sources(given: { path: string | undefined; data: Buffer | undefined }): Source[] {
  return [
    ...(given.path ? [{ path: given.path }] : []),
    ...(given.data ? [{ data: given.data }] : []),
  ];
}

/** Each member that gives keys, as the list of what it gives. */
function keysOf(
  members: readonly (string | string[] | Buffer | Buffer[] | undefined)[],
): Source[][] {
  const given = members.filter((member) => member !== undefined && member !== '');
  return given.map((member) => {
    const list = Array.isArray(member) ? member : [member];
    return list.map((one) => (typeof one === 'string' ? { path: one } : { data: one as Buffer }));
  });
}

function keySigner(keys: readonly Source[]): KeySigner {
  return { kind: 'key', keys };
}
