import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { readPassword, readSecret, type SecretSource } from '../../system/secret.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';

/** Where the parts of a key are: a variable by `env:NAME`, or a file. */
export interface SigningPlaces {
  /** PEM. */
  key: string;
  /** PEM or DER; taken from the PEM of the key when not given. */
  certificate?: string;
  /** Of an encrypted key. */
  passphrase?: string;
}

/** A key whose signatures the kernel can check, and its public part. */
export interface SigningKey {
  /** Name of the certificate's subject. */
  name: string;
  /** DER, for hosts to enrol: `mokutil --import`. */
  certificate: Uint8Array;
  /** PEM, not encrypted; never printed. */
  pem(): { key: string; certificate: string };
}

/** Where an image keeps the public part of a key; people may call a key whatever they like. */
export function certificatePath(name: string): string {
  const file = name.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '');
  return `etc/pki/lockstep/${file || 'modules'}.der`;
}

/** Keys that kernels know how to check (crypto/asymmetric_keys/public_key.c). */
const KNOWN_TYPES = ['rsa', 'ec'];

/**
 * Reads a machine owner key. Whatever would only be noticed when a module is refused is refused
 * here, with `config`: a key that is none, that is encrypted and has no passphrase, that does not
 * belong to the certificate, that the kernel cannot check.
 */
export async function signingKey(
  source: Omit<SecretSource, 'what'>,
  places: SigningPlaces,
): Promise<SigningKey> {
  const about = (what: string) => ({ ...source, what: `${what} of modules` });
  const bytes = await readSecret(places.key, about('key'));
  const passphrase =
    places.passphrase && (await readPassword(places.passphrase, about('passphrase')));
  const key = readKey(bytes, places.key, passphrase);
  const where = places.certificate ?? places.key;
  const certificate = readCertificate(await readSecret(where, about('certificate')), where);
  if (!certificate.checkPrivateKey(key)) {
    throw wrong(`the key in ${places.key} does not belong to the certificate in ${where}`, {
      hint: 'give the key and the certificate that were made together',
    });
  }
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    name: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject,
    certificate: new Uint8Array(certificate.raw),
    pem: () => ({ key: pem, certificate: certificate.toString() }),
  };
}

/** Lays a key out for a container in a folder of its own that only this user can enter. */
export async function placedKey(key: SigningKey): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  const pem = key.pem();
  await writeFile(join(folder.path, 'key.pem'), pem.key, { mode: 0o600 });
  await writeFile(join(folder.path, 'certificate.pem'), pem.certificate, { mode: 0o600 });
  return folder;
}

function readKey(bytes: Buffer, place: string, passphrase: string | undefined): KeyObject {
  const text = bytes.toString('latin1');
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    const found = /-----BEGIN ([A-Z ]+)-----/.exec(text)?.[1];
    const what = found ? `a ${found.toLowerCase()}` : `${bytes.length} bytes that are no PEM`;
    throw wrong(`no private key in ${place}: it holds ${what}`);
  }
  const isEncrypted = /ENCRYPTED/.test(text);
  if (isEncrypted && passphrase === undefined) {
    throw wrong(`the key in ${place} is encrypted and no passphrase is given`);
  }
  const key = parseKey(text, place, passphrase);
  if (KNOWN_TYPES.includes(key.asymmetricKeyType ?? '')) return key;
  throw wrong(`kernels check no signatures of ${key.asymmetricKeyType} keys, as is in ${place}`, {
    hint: 'make a key of RSA with 2048 bits or more',
  });
}

function parseKey(text: string, place: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    const reason =
      passphrase === undefined ? 'is damaged' : 'is damaged or the passphrase is wrong';
    throw wrong(`the key in ${place} ${reason}`, { cause });
  }
}

function readCertificate(bytes: Buffer, place: string): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch (cause) {
    throw wrong(`no certificate in ${place}`, {
      cause,
      hint: 'modules are signed with a key and its X.509 certificate, PEM or DER',
    });
  }
}

function wrong(message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
  const { hint, cause } = options;
  return new LockstepError('config', message, { ...(hint ? { hint } : {}), cause });
}
