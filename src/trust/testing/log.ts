import { createHash } from 'node:crypto';
import { json } from '@sigstore/core';
import type { Signer } from '../key/signer.ts';

/** What a log of Rekor 1 would promise of a signature, as cosign writes it beside one. */
export function logEntry(
  log: Signer,
  { payload, signature, pem }: { payload: Uint8Array; signature: Uint8Array; pem: string },
  at: Date,
): string {
  const content = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');
  const body = {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: {
        hash: { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') },
      },
      signature: { content: content(signature), publicKey: { content: content(pem) } },
    },
  };
  const Payload = {
    body: content(JSON.stringify(body)),
    integratedTime: Math.floor(at.getTime() / 1000),
    logIndex: 7,
    logID: log.publicKey.fingerprint,
  };
  const promise = log.sign(Buffer.from(json.canonicalize(Payload)));
  return JSON.stringify({ SignedEntryTimestamp: content(promise), Payload });
}
