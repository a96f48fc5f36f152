import * as z from 'zod/mini';
import type { Digest } from '../../system/digest.ts';
import { tryStrictJson } from '../json/strict-json.ts';
import type { PublicKey } from '../key/public-key.ts';
import type { Signer } from '../key/signer.ts';
import { type Envelope, isSignedBy, signEnvelope } from './envelope.ts';

/** The type of statements, as payload of an envelope (in-toto attestation framework v1). */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** Forms of a statement that are read; what we write is the newer. */
const FORMS = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'] as const;

/** What somebody says of things known by their digests. */
export interface Statement {
  subjects: Subject[];
  predicateType: string;
  predicate: unknown;
}

interface Subject {
  name?: string;
  digest: Digest;
}

const Shape = z.object({
  _type: z.enum(FORMS),
  subject: z
    .array(
      z.object({
        name: z.nullish(z.string()),
        digest: z.object({ sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) }),
      }),
    )
    .check(z.minLength(1)),
  predicateType: z.string().check(z.minLength(1)),
  predicate: z.unknown(),
});

/** The statement as JSON. */
export function statementBytes({ subjects, predicateType, predicate }: Statement): Buffer {
  const subject = subjects.map(({ name, digest }) => ({
    ...(name == null ? {} : { name }),
    digest: { sha256: digest.slice('sha256:'.length) },
  }));
  return Buffer.from(JSON.stringify({ _type: FORMS[0], subject, predicateType, predicate }));
}

/** Reads a statement; undefined for what is none, or speaks of something without a sha256. */
export function readStatement(bytes: Uint8Array): Statement | undefined {
  const { success, data } = Shape.safeParse(tryStrictJson(bytes));
  if (!success) return undefined;
  const { predicateType, predicate } = data;
  const subjects = data.subject.map(
    ({ name, digest }): Subject => ({
      ...(name == null ? {} : { name }),
      digest: `sha256:${digest.sha256}`,
    }),
  );
  return { subjects, predicateType, predicate };
}

/** Signs a statement. */
export function signStatement(statement: Statement, signer: Signer): Envelope {
  return signEnvelope(STATEMENT_TYPE, statementBytes(statement), signer);
}

/** The statement in an envelope that one of these keys has signed; undefined when none has. */
export function statementSignedBy(
  envelope: Envelope,
  keys: readonly Pick<PublicKey, 'key'>[],
): Statement | undefined {
  if (envelope.payloadType !== STATEMENT_TYPE) return undefined;
  if (!keys.some((key) => isSignedBy(envelope, key))) return undefined;
  return readStatement(envelope.payload);
}

/** True when the statement speaks of this digest. */
export function speaksOf({ subjects }: Statement, digest: Digest): boolean {
  return subjects.some((subject) => subject.digest === digest);
}
