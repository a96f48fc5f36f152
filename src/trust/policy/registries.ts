import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { placesIn } from '../../config/document-places.ts';
import { LockstepError } from '../../system/error.ts';
import type { Subject } from './subject.ts';

/** Where signatures are looked for, by scope (containers-registries.d(5)). */
export interface Registries {
  default?: Namespace;
  docker: ReadonlyMap<string, Namespace>;
}

interface Namespace {
  /** Undefined: it says nothing of it, and a wider scope decides. */
  attachments?: boolean;
  lookaside?: string;
}

/** Texts that yaml.v3 of Go takes for a truth where one is wanted. */
const TRUTHS = new Map(
  [
    ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((text) => [text, true] as const),
    ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((text) => [text, false] as const),
  ].flat(),
);

const truth = z
  .union([z.boolean(), z.string().refine((text) => TRUTHS.has(text), 'true or false is expected')])
  .transform((value) => (typeof value === 'string' ? TRUTHS.get(value) : value));
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String).nullish();

const Namespaces = z
  .object({ lookaside: text, sigstore: text, 'use-sigstore-attachments': truth.nullish() })
  .transform((given): Namespace => {
    const lookaside = given.lookaside || given.sigstore;
    const attachments = given['use-sigstore-attachments'];
    return {
      ...(attachments == null ? {} : { attachments }),
      ...(lookaside ? { lookaside } : {}),
    };
  });

const Shape = z
  .object({
    'default-docker': Namespaces.nullish(),
    docker: z
      .record(
        z.string(),
        Namespaces.nullable().transform((namespace) => namespace ?? {}),
      )
      .nullish(),
  })
  .nullish();

/** One file of registries.d. */
export interface RegistriesFile {
  file: string;
  bytes: Uint8Array;
}

/**
 * Reads and joins the files of registries.d: what two of them say of the same scope ends every
 * pull, like a file that cannot be read. Throws `config` with the place.
 */
export function parseRegistries(files: readonly RegistriesFile[]): Registries {
  const docker = new Map<string, Namespace>();
  let standard: Namespace | undefined;
  for (const { file, bytes } of files) {
    const said = parseFile(file, Buffer.from(bytes).toString('utf8'));
    const own = said?.['default-docker'];
    if (own && standard) throw twice(file, 'default-docker');
    standard = own ?? standard;
    for (const [scope, namespace] of Object.entries(said?.docker ?? {})) {
      if (docker.has(scope)) throw twice(file, scope);
      docker.set(scope, namespace);
    }
  }
  return { docker, ...(standard ? { default: standard } : {}) };
}

/** True when `.sig` tags beside the image are looked at; images outside of registries have none. */
export function looksAtAttachments(registries: Registries, subject: Subject): boolean {
  return said(registries, subject, ({ attachments }) => attachments) ?? false;
}

/** Where signatures of the older kind are looked for, if a place is named. */
export function lookasideOf(registries: Registries, subject: Subject): string | undefined {
  return said(registries, subject, ({ lookaside }) => lookaside);
}

function said<T>(
  { docker, default: standard }: Registries,
  { transport, scopes }: Subject,
  of: (namespace: Namespace) => T | undefined,
): T | undefined {
  if (transport !== 'docker') return undefined;
  const namespaces = [...scopes.map((scope) => docker.get(scope)), standard];
  return namespaces.map((namespace) => namespace && of(namespace)).find((value) => value != null);
}

function parseFile(file: string, content: string): z.output<typeof Shape> {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, merge: true, logLevel: 'silent' });
  const [error] = document.errors;
  const at = ({ line, column }: { line: number; column: number }, message: string) =>
    refused(file, `${file}:${line}:${column}: ${message}`, { line, column });
  if (error) {
    const { line = 1, col = 1 } = error.linePos?.[0] ?? {};
    throw at({ line, column: col }, error.message.split('\n')[0] ?? '');
  }
  const parsed = Shape.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const place = placesIn(document, lines).ofValue(path);
  throw at(place, `${path.map(String).join('.')}: ${issue?.message}`);
}

function twice(file: string, scope: string): LockstepError {
  return refused(file, `${file}: another file of the folder speaks of ${scope} too`);
}

function refused(
  file: string,
  message: string,
  place?: { line: number; column: number },
): LockstepError {
  return new LockstepError('config', message, {
    ...(place ? { places: [{ file, message, ...place }] } : { context: { path: file } }),
    hint: 'hosts with this file pull no image at all; containers-registries.d(5) tells its form',
  });
}
