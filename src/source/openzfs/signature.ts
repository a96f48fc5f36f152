import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { run } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { OPENZFS_DATA } from './table-file.ts';

/** The keys that OpenZFS's releases are signed with (data/openzfs/README.md). */
export const RELEASE_KEYS: string = join(OPENZFS_DATA, 'release-keys.asc');

export interface SignatureOptions {
  /** Armored or binary OpenPGP keys that are trusted (default OpenZFS's release keys). */
  keyring?: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** A good signature: who made it, and, where it encloses a text, the text that it covers. */
export interface GoodSignature {
  /** Fingerprint of the key. */
  signedBy: string;
  text: string;
}

/** Milliseconds for gpgv, which reads 34 MB in well below a second. */
const PATIENCE = 120_000;

/**
 * Checks a signature with gpgv: a detached one over `file`, or without one a text that encloses
 * its signature, of which only what is signed is returned. Throws `not-allowed` for a signature
 * that is not good or by no key of the keyring.
 */
export async function checkSignature(
  signature: { name: string; bytes: Uint8Array },
  file: string | undefined,
  options: SignatureOptions,
): Promise<GoodSignature> {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const keyring = options.keyring ?? RELEASE_KEYS;
  await writeFile(at('keys.gpg'), dearmored(await readKeys(keyring)));
  await writeFile(at('signature'), signature.bytes);
  const output = file ? [] : ['--output', at('text')];
  const trusted = ['--keyring', at('keys.gpg'), '--status-fd', '1', ...output];
  const subject = file ? [at('signature'), file] : [at('signature')];
  const { status, stdout, stderr } = await run(
    requireProgram('gpgv', options.env),
    [...trusted, ...subject],
    {
      env: { ...options.env, GNUPGHOME: folder.path, LC_ALL: 'C' },
      timeout: PATIENCE,
      ...(options.signal && { signal: options.signal }),
    },
  );
  const signedBy = /^\[GNUPG:\] VALIDSIG ([0-9A-F]{40,64}) /m.exec(stdout)?.[1];
  // A key that was revoked or has expired gives a valid signature, but not a good one.
  const good = /^\[GNUPG:\] GOODSIG /m.test(stdout);
  const bad = /^\[GNUPG:\] (?:BADSIG|ERRSIG|EXPSIG|EXPKEYSIG|REVKEYSIG) /m.test(stdout);
  if (status !== 0 || !signedBy || !good || bad) throw notGood(signature.name, stderr, keyring);
  return { signedBy, text: file ? '' : await readFile(at('text'), 'utf8') };
}

async function readKeys(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new LockstepError('config', `cannot read the keys of ${path}`, { cause });
  });
}

/**
 * Keys in the binary form, which is all that gpgv reads: the armour of each block (RFC 9580, 6.2:
 * headers up to an empty line, base64, a checksum after `=`) taken off. gpgv checks the content.
 */
export function dearmored(keys: Buffer): Buffer {
  const text = keys.toString('latin1').replaceAll('\r\n', '\n');
  const blocks = text.matchAll(
    /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n(?:[^\n]+\n)*\n([A-Za-z0-9+/=\n]+?)\n(?:=[A-Za-z0-9+/]{4}\n)?-----END PGP/gm,
  );
  const binary = [...blocks].map(([, body = '']) => Buffer.from(body, 'base64'));
  return binary.length > 0 ? Buffer.concat(binary) : keys;
}

function notGood(name: string, stderr: string, keyring: string): LockstepError {
  const said = stderr
    .replaceAll(/^gpgv: /gm, '')
    .replace("Can't check signature: ", '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return new LockstepError(
    'not-allowed',
    `the signature ${name} is not good: ${said.slice(-300)}`,
    {
      context: { file: name, keys: keyring },
      hint: 'do not use this release; if its makers have a new key, name its file in `keys` of the module',
    },
  );
}
