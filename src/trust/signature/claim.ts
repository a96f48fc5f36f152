import * as z from 'zod/mini';
import { type Digest, isDigest } from '../../system/digest.ts';
import { tryStrictJson } from '../json/strict-json.ts';

/** What a simple signature says (containers-signature(5), in the form that cosign signs). */
export interface Claim {
  digest: Digest;
  /** The reference as its signer named it: a repository, or a repository with a tag. */
  identity: string;
}

const TYPE = 'cosign container image signature';

/**
 * Read as hosts read it: an unknown, missing or doubled member refuses it, and what stands in
 * `optional` is of no account (containers-image: signature/internal/sigstore_payload.go).
 */
const Payload = z.strictObject({
  critical: z.strictObject({
    identity: z.strictObject({ 'docker-reference': z.string() }),
    image: z.strictObject({
      'docker-manifest-digest': z.custom<Digest>(
        (text) => typeof text === 'string' && isDigest(text),
      ),
    }),
    type: z.literal(TYPE),
  }),
  optional: z.nullable(
    z.looseObject({ creator: z.optional(z.string()), timestamp: z.optional(z.int()) }),
  ),
});

/** The bytes that are signed; the same claim gives the same bytes. */
export function claimBytes({ digest, identity }: Claim): Buffer {
  const critical = {
    identity: { 'docker-reference': identity },
    image: { 'docker-manifest-digest': digest },
    type: TYPE,
  };
  return Buffer.from(JSON.stringify({ critical, optional: null }));
}

/** The claim in signed bytes; undefined for what is none. */
export function readClaim(bytes: Uint8Array): Claim | undefined {
  const { success, data } = Payload.safeParse(tryStrictJson(bytes));
  if (!success) return undefined;
  const { identity, image } = data.critical;
  return { digest: image['docker-manifest-digest'], identity: identity['docker-reference'] };
}
