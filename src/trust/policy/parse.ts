import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type DocumentPlaces, placesIn } from '../../config/document-places.ts';
import type { Place } from '../../config/place.ts';
import { type ErrorPlace, LockstepError } from '../../system/error.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import type { Policy, Requirement } from './policy.ts';
import { problemWithScope } from './scope-rule.ts';
import { PolicyShape } from './shape.ts';

/** Largest policy that is read. */
const LIMIT = 16 << 20;

/**
 * Reads a policy.json as strictly as containers-image, where one unknown or doubled member, one
 * wrong value or one wrong scope ends every pull. Throws `config` with the places.
 */
export function parsePolicy(bytes: Uint8Array, file: string): Policy {
  if (bytes.length > LIMIT) {
    throw refused(file, [{ line: 1, column: 1, message: `it is larger than ${LIMIT} bytes` }]);
  }
  const text = Buffer.from(bytes).toString('utf8');
  const parsed = PolicyShape.safeParse(jsonOf(bytes, text, file));
  if (!parsed.success) throw refused(file, placesOf(parsed.error.issues, text));
  const { transports = {} } = parsed.data;
  const wrong = wrongScopes(transports);
  if (wrong.length > 0) throw refused(file, wrong.map(placed(text)));
  return {
    default: parsed.data.default,
    transports: new Map(
      Object.entries(transports).map(([name, scopes]) => [name, new Map(Object.entries(scopes))]),
    ),
  };
}

function jsonOf(bytes: Uint8Array, text: string, file: string): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const [, line, column] = /line (\d+) column (\d+)/.exec(said) ?? [];
    const [repeated] = line == null ? placesFor(text).ofRepeatedKeys() : [];
    const place = repeated ?? { line: Number(line ?? 1), column: Number(column ?? 1) };
    throw refused(file, [{ ...place, message: said.replace(/ in JSON at position.*$/s, '') }]);
  }
}

type Scopes = Record<string, Record<string, readonly Requirement[]>>;

interface WrongScope {
  transport: string;
  scope: string;
  why: string;
}

function wrongScopes(transports: Scopes): WrongScope[] {
  return Object.entries(transports).flatMap(([transport, scopes]) =>
    Object.keys(scopes).flatMap((scope) => {
      const why = problemWithScope(transport, scope);
      return why == null ? [] : [{ transport, scope, why }];
    }),
  );
}

function placed(text: string) {
  const places = placesFor(text);
  return ({ transport, scope, why }: WrongScope) => ({
    ...places.ofKey(['transports', transport], scope),
    message: `${transport}: the scope ${JSON.stringify(scope)} is not possible: ${why}`,
  });
}

function placesOf(issues: readonly z.core.$ZodIssue[], text: string): Omit<ErrorPlace, 'file'>[] {
  const places = placesFor(text);
  return issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    const at = path === '' ? '' : `${path}: `;
    if (issue.code !== 'unrecognized_keys') {
      return [{ ...places.ofValue(issue.path), message: `${at}${issue.message}` }];
    }
    return issue.keys.map((key) => ({
      ...places.ofKey(issue.path, key),
      message: `${at}the member ${JSON.stringify(key)} is not known`,
    }));
  });
}

/** JSON is near enough to YAML to find places in it. */
function placesFor(text: string): DocumentPlaces {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  return placesIn(document, lines);
}

/** The error for a policy that would not load. */
function refused(file: string, found: readonly (Place & { message: string })[]): LockstepError {
  const places = found.map((place) => ({ file, ...place }));
  const lines = places.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  return new LockstepError('config', lines.join('\n'), {
    places,
    hint: 'hosts with this policy pull no image at all; containers-policy.json(5) tells its form',
  });
}
