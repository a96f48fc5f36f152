import { createPrivateKey, type KeyObject, randomBytes, scrypt } from 'node:crypto';
import { LockstepError } from '../../system/error.ts';
import { readPem, writePem } from './pem.ts';

/** Names that cosign gives the block of an encrypted key (pkg/cosign/keys.go), the newer one first. */
const LABELS = ['ENCRYPTED SIGSTORE PRIVATE KEY', 'ENCRYPTED COSIGN PRIVATE KEY'] as const;

/** Costs that cosign's readers take (go-securesystemslib, `encrypted`): legacy, default, OWASP. */
const COSTS = [32_768, 65_536, 131_072] as const;
const COST = 65_536;
const [BLOCK, PARALLEL, KEY_BYTES, NONCE_BYTES] = [8, 1, 32, 24];
/** scrypt takes 128 · N · r bytes; Node refuses more than 32 MiB unless told. */
const MEMORY = 256 << 20;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What the block holds, as JSON. */
interface Box {
  kdf: { name: string; params: { N: number; r: number; p: number }; salt: string };
  cipher: { name: string; nonce: string };
  ciphertext: string;
}

/**
 * What each of its values has to be. Told here and not by a schema: nothing that takes time to load
 * is to stand before the derivation, in which the rest is loaded.
 */
const VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  'kdf.name': (name) => name === 'scrypt',
  'kdf.params.N': (cost) => COSTS.some((known) => known === cost),
  'kdf.params.r': (block) => block === BLOCK,
  'kdf.params.p': (parallel) => parallel === PARALLEL,
  'kdf.salt': isBase64,
  'cipher.name': (name) => name === 'nacl/secretbox',
  'cipher.nonce': isBase64,
  ciphertext: isBase64,
};

/** Encrypts a private key as cosign keeps it. */
export async function encryptKey(key: KeyObject, password: string): Promise<string> {
  const salt = randomBytes(32);
  const nonce = randomBytes(NONCE_BYTES);
  const secret = await derive(password, salt, COST);
  const plain = key.export({ type: 'pkcs8', format: 'der' });
  const { xsalsa20poly1305 } = await salsa();
  const box: Box = {
    kdf: {
      name: 'scrypt',
      params: { N: COST, r: BLOCK, p: PARALLEL },
      salt: salt.toString('base64'),
    },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(xsalsa20poly1305(secret, nonce).encrypt(plain)).toString('base64'),
  };
  return writePem(LABELS[0], Buffer.from(JSON.stringify(box)));
}

/**
 * Opens a key file of cosign. Throws `usage` for another file and for a wrong password; no error
 * shows anything of either.
 */
export async function decryptKey(text: string, password: string): Promise<KeyObject> {
  const { kdf, cipher, ciphertext } = boxOf(text);
  const nonce = Buffer.from(cipher.nonce, 'base64');
  if (nonce.length !== NONCE_BYTES) throw refused(`its nonce has not ${NONCE_BYTES} bytes`);
  const deriving = derive(password, Buffer.from(kdf.salt, 'base64'), kdf.params.N);
  const [secret, { xsalsa20poly1305 }] = await Promise.all([deriving, salsa()]);
  const der = decrypted(xsalsa20poly1305(secret, nonce), Buffer.from(ciphertext, 'base64'));
  try {
    return createPrivateKey({ key: der, type: 'pkcs8', format: 'der' });
  } catch {
    throw refused('what is encrypted in it is no private key');
  }
}

/** The cipher; loaded while a key is derived. */
const salsa = () => import('@noble/ciphers/salsa.js');

function decrypted(cipher: { decrypt(bytes: Uint8Array): Uint8Array }, ciphertext: Buffer): Buffer {
  try {
    return Buffer.from(cipher.decrypt(ciphertext));
  } catch {
    throw new LockstepError('usage', 'the password does not open the signing key', {
      hint: 'the password is read from COSIGN_PASSWORD, or from what trust.password names',
    });
  }
}

function boxOf(text: string): Box {
  const block = readPem(text).find(({ label }) => LABELS.some((known) => known === label));
  if (!block) throw refused(`a PEM block ${LABELS.join(' or ')} is expected`);
  let content: unknown;
  try {
    content = JSON.parse(block.bytes.toString('utf8'));
  } catch {
    throw refused('its content is not what cosign writes');
  }
  const wrong = Object.entries(VALUES).find(([path, isFit]) => !isFit(valueAt(content, path)));
  if (!wrong) return content as Box;
  const [path] = wrong;
  const wanted = path.endsWith('.N') ? `is not ${COSTS.join(', ')}` : 'is not what cosign writes';
  throw refused(`${path} ${wanted}`);
}

function valueAt(content: unknown, path: string): unknown {
  let value = content;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  }
  return value;
}

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && BASE64.test(value);
}

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const parameters = { N: cost, r: BLOCK, p: PARALLEL, maxmem: MEMORY };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, parameters, (error, secret) =>
      error ? reject(error) : resolve(secret),
    );
  });
}

function refused(why: string): LockstepError {
  return new LockstepError('usage', `this is no signing key: ${why}`, {
    hint: 'lockstep trust init makes one, and so does cosign generate-key-pair',
  });
}
