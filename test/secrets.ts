import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decryptKey } from '../src/trust/key/encrypted-key.ts';
import type { PublicKey } from '../src/trust/key/public-key.ts';
import { makeKeyPair } from '../src/trust/key/signer.ts';

/** A signing key with its password, and what of both may stand nowhere. */
export interface PlantedKey {
  keyFile: string;
  publicKey: PublicKey;
  password: string;
  /** The password, and the key in the forms in which it is kept. */
  secrets: Record<string, string>;
}

/** Makes a key to sign with, whose every trace can be found. */
export async function plantKey(): Promise<PlantedKey> {
  const password = 'correct horse battery';
  const { keyFile, publicKey } = await makeKeyPair(password);
  const lines = keyFile.split('\n').filter((line) => /^[\w+/=]{40,}$/.test(line));
  const der = (await decryptKey(keyFile, password)).export({ type: 'pkcs8', format: 'der' });
  // The number that is the private key stands behind the head of its SEC 1 form.
  const number = der.subarray(36, 68);
  const secrets = {
    password,
    file: lines[3] ?? '',
    hex: number.toString('hex'),
    base64: der.toString('base64').slice(52, 88),
  };
  return { keyFile, publicKey, password, secrets };
}

/** What programs were called with, seen from outside. */
export interface ArgumentWatch extends Disposable {
  /** Arguments of every process that was there when it was looked, each call once. */
  calls: Set<string>;
}

/** Milliseconds between two looks. */
const EACH = 50;

/** Looks all the time what the processes of this machine were called with. */
export function watchArguments(): ArgumentWatch {
  const calls = new Set<string>();
  const look = async () => {
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    for (const one of processes) {
      const text = await readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '');
      if (text !== '') calls.add(text.replaceAll('\0', ' '));
    }
  };
  const timer = setInterval(() => void look(), EACH);
  return { calls, [Symbol.dispose]: () => clearInterval(timer) };
}

/** A place where a secret was found. */
interface Leak {
  path: string;
  /** Which of the secrets. */
  secret: string;
}

/**
 * Looks for secrets, by name, in every file below a folder: in names, in what files hold, and in
 * what they hold when they are unpacked. Gives what was found, and how many files were looked at.
 */
export async function searchSecrets(
  folder: string,
  secrets: Readonly<Record<string, string>>,
): Promise<{ leaks: Leak[]; files: number }> {
  const leaks: Leak[] = [];
  let files = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const contents = await contentsOf(path, entry);
    if (contents.length > 0) files += 1;
    for (const [secret, text] of Object.entries(secrets)) {
      const found = path.includes(text) || contents.some((content) => content.includes(text));
      if (found) leaks.push({ path, secret });
    }
  }
  return { leaks, files };
}

async function contentsOf(
  path: string,
  entry: { isFile(): boolean; isSymbolicLink(): boolean },
): Promise<Buffer[]> {
  if (entry.isSymbolicLink()) return [Buffer.from(await readlink(path))];
  if (!entry.isFile() || (await stat(path)).size > 1 << 30) return [];
  const bytes = await readFile(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? [bytes, gunzipSync(bytes)] : [bytes];
}
