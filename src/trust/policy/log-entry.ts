import { createHash, type KeyObject } from 'node:crypto';
import { json } from '@sigstore/core';
import { z } from 'zod';
import { tryStrictJson } from '../json/strict-json.ts';
import { isSignature } from '../key/is-signature.ts';
import { readOnlyPem } from '../key/pem.ts';

const Entry = z.strictObject({
  SignedEntryTimestamp: z.base64(),
  Payload: z.strictObject({
    body: z.base64(),
    integratedTime: z.int(),
    logIndex: z.int(),
    logID: z.string(),
  }),
});

const Body = z.object({
  apiVersion: z.literal('0.0.1'),
  kind: z.literal('hashedrekord'),
  spec: z.object({
    data: z.object({ hash: z.object({ algorithm: z.literal('sha256'), value: z.string() }) }),
    signature: z.object({
      content: z.base64(),
      publicKey: z.object({ content: z.base64() }),
    }),
  }),
});

/** What a log must have recorded. */
export interface Recorded {
  payload: Uint8Array;
  signature: Buffer;
  /** DER of the key or certificate that the log names. */
  signedBy: Buffer;
}

export type LogJudgement = { at: Date } | { why: string };

/**
 * Judges what a log of Rekor 1 promised (`SignedEntryTimestamp`): it must be by one of the keys,
 * and about exactly this signature (containers-image: signature/internal/rekor_set.go). Tells when
 * it was recorded.
 */
export function judgeLogEntry(
  annotation: string,
  keys: readonly KeyObject[],
  recorded: Recorded,
): LogJudgement {
  const entry = Entry.safeParse(tryStrictJson(annotation)).data;
  if (!entry) return { why: 'the entry of the log cannot be read' };
  const signed = Buffer.from(json.canonicalize(entry.Payload));
  const promise = Buffer.from(entry.SignedEntryTimestamp, 'base64');
  if (!keys.some((key) => isSignature(signed, promise, { key })))
    return { why: 'the entry of the log is not signed by a log of the policy' };
  const body = Body.safeParse(tryStrictJson(Buffer.from(entry.Payload.body, 'base64'))).data;
  if (!body) return { why: 'the entry of the log is of another kind' };
  const { data, signature } = body.spec;
  if (!onlyBlockOf(signature.publicKey.content)?.equals(recorded.signedBy))
    return { why: 'the log recorded another key or certificate' };
  if (!Buffer.from(signature.content, 'base64').equals(recorded.signature))
    return { why: 'the log recorded another signature' };
  if (data.hash.value.toLowerCase() !== createHash('sha256').update(recorded.payload).digest('hex'))
    return { why: 'the log recorded a signature of something else' };
  return { at: new Date(entry.Payload.integratedTime * 1000) };
}

function onlyBlockOf(content: string): Buffer | undefined {
  try {
    const { blocks, around } = readOnlyPem(Buffer.from(content, 'base64').toString());
    return blocks.length === 1 && around === '' ? blocks[0]?.bytes : undefined;
  } catch {
    return undefined;
  }
}
