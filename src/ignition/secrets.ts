import type { IgnitionDocument } from './build.ts';
import { bytesOfResource } from './contents.ts';
import { findingOf, type IgnitionFinding } from './finding.ts';
import type { IgnitionConfig, Resource, Unit } from './spec/config.ts';

/** A kind of secret that is found by how it looks. */
const LOOKS: readonly [pattern: RegExp, what: string][] = [
  [/-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----/, 'a private key'],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/, 'a private key of age'],
  [/\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_\w{30,}/, 'a token of GitHub'],
  [/\bglpat-[\w-]{20,}/, 'a token of GitLab'],
  [/\bAKIA[A-Z0-9]{16}\b/, 'a key of AWS'],
  [/\b(?:PrivateKey|PresharedKey)\s*=\s*[A-Za-z0-9+/]{43}=/i, 'a key of WireGuard'],
  [/\btskey-[a-z]+-[\w-]{10,}/, 'a key of Tailscale'],
  [/\bxox[abprs]-[\w-]{10,}/, 'a token of Slack'],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, 'a JSON web token'],
  [/\$(?:y|gy|7|6|5|2[aby]|1|argon2id?)\$[^\s:'"]{8,}/, 'the hash of a password'],
  [
    /(?:\b|_)(?:password|passwd|token|secret|api[_-]?key)(?!\w*_(?:file|path)\b)\w*["']?\s*[=:]\s*["']?(?![$%{<"'])[^\s"']{8,}/i,
    'a value with the name of a secret',
  ],
];

/** Headers that carry no secret. */
const OPEN_HEADERS = /^(?:accept|content-type|user-agent|if-|range|cache-control)/i;

/**
 * What in a document looks like a secret, in packed contents too. The secret itself is not told.
 * `severity`: an error where everybody can read the document.
 */
export function secretFindings(
  { value }: IgnitionDocument,
  { file, severity }: { file: string; severity: 'error' | 'warning' },
): IgnitionFinding[] {
  const found: IgnitionFinding[] = [];
  const say = (path: string, what: string) =>
    found.push({
      ...findingOf(severity, `${what} can be read by all who can read the document`, file),
      path,
    });
  const text = (path: string, contents: string | undefined) => {
    const what = contents == null ? undefined : looksLike(contents);
    if (what) say(path, what);
  };
  const resource = (path: string, one: Resource | undefined) => {
    if (!one) return;
    for (const { name = '', value: header } of one.httpHeaders ?? [])
      if (header && !OPEN_HEADERS.test(name)) say(`${path}.httpHeaders`, `the header ${name}`);
    if (one.source && hasUserInfo(one.source)) say(`${path}.source`, 'a password in a URL');
    text(path, bytesOfResource(one)?.toString('latin1'));
  };
  const { ignition, passwd, storage, systemd } = value as IgnitionConfig;
  for (const [at, one] of (ignition?.config?.merge ?? []).entries())
    resource(`$.ignition.config.merge.${at}`, one);
  resource('$.ignition.config.replace', ignition?.config?.replace);
  for (const [at, { passwordHash }] of (passwd?.users ?? []).entries())
    if (passwordHash) say(`$.passwd.users.${at}.passwordHash`, 'the hash of a password');
  for (const [at, { passwordHash }] of (passwd?.groups ?? []).entries())
    if (passwordHash) say(`$.passwd.groups.${at}.passwordHash`, 'the hash of a password');
  for (const [at, { keyFile }] of (storage?.luks ?? []).entries())
    if (keyFile?.source) say(`$.storage.luks.${at}.keyFile`, 'the key of a volume');
  for (const [at, one] of (storage?.files ?? []).entries()) {
    resource(`$.storage.files.${at}.contents`, one.contents);
    for (const [index, part] of (one.append ?? []).entries())
      resource(`$.storage.files.${at}.append.${index}`, part);
  }
  for (const [at, unit] of (systemd?.units ?? []).entries()) unitTexts(unit, at, text);
  return found;
}

function unitTexts(
  { contents, dropins = [] }: Unit,
  at: number,
  text: (path: string, contents: string | undefined) => void,
): void {
  text(`$.systemd.units.${at}.contents`, contents);
  for (const [index, dropin] of dropins.entries())
    text(`$.systemd.units.${at}.dropins.${index}.contents`, dropin.contents);
}

function looksLike(contents: string): string | undefined {
  return LOOKS.find(([pattern]) => pattern.test(contents))?.[1];
}

function hasUserInfo(url: string): boolean {
  return (
    /^[a-z][a-z\d+.-]*:\/\/[^/?#@]*:[^/?#@]+@/i.test(url) ||
    /[?&](?:token|sig|(?:x-(?:amz|goog)-)?signature|key)=/i.test(url)
  );
}
