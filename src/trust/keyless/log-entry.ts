import type { TransparencyLogEntry } from '@sigstore/bundle';
import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import { tryStrictJson } from '../json/strict-json.ts';

/** A log entry as it stands in the annotation of a signature (cosign: `bundle.RekorBundle`). */
const Annotation = z.object({
  SignedEntryTimestamp: z.base64(),
  Payload: z.object({
    body: z.base64(),
    integratedTime: z.int().nonnegative(),
    logIndex: z.int().nonnegative(),
    logID: z.string().regex(/^(?:[0-9a-f]{2})+$/),
  }),
});

/** Writes a log entry for an annotation; throws `unsupported` for one without a promise of the log. */
export function annotationOf(entry: TransparencyLogEntry): string {
  const promise = entry.inclusionPromise?.signedEntryTimestamp;
  if (!promise) {
    throw new LockstepError('unsupported', 'the log signs no entry timestamps', {
      hint: 'hosts read entries of the first API of Rekor only: name such a log',
    });
  }
  return JSON.stringify({
    SignedEntryTimestamp: Buffer.from(promise).toString('base64'),
    Payload: {
      body: Buffer.from(entry.canonicalizedBody).toString('base64'),
      integratedTime: Number(entry.integratedTime),
      logIndex: Number(entry.logIndex),
      logID: Buffer.from(entry.logId.keyId).toString('hex'),
    },
  } satisfies z.input<typeof Annotation>);
}

/** Reads a log entry of an annotation; undefined for what is none. Nothing is verified yet. */
export function readLogEntry(text: string): TransparencyLogEntry | undefined {
  const { data } = Annotation.safeParse(tryStrictJson(text));
  if (!data) return undefined;
  const { body, integratedTime, logIndex, logID } = data.Payload;
  const canonicalizedBody = Buffer.from(body, 'base64');
  const kind = Kind.safeParse(tryStrictJson(canonicalizedBody)).data;
  if (!kind) return undefined;
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex') },
    kindVersion: { kind: kind.kind, version: kind.apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: {
      signedEntryTimestamp: Buffer.from(data.SignedEntryTimestamp, 'base64'),
    },
    inclusionProof: undefined,
    canonicalizedBody,
  };
}

const Kind = z.object({ kind: z.string(), apiVersion: z.string() });
