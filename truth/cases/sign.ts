import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../../src/system/error.ts';
import type { Kernel } from '../kernels/kernel.ts';

/** The kernel's own key, or one that no kernel knows. */
export type KeyName = 'own' | 'other';

export interface SignOptions {
  key: KeyName;
  hash: 'sha256' | 'sha512';
}

const OTHER_KEY =
  'openssl req -new -nodes -utf8 -sha256 -days 36500 -batch -x509 -newkey rsa:2048 ' +
  '-subj "/CN=a key that no kernel knows/" -outform PEM -keyout "$0" -out "$0.cert" 2>&1 && ' +
  'cat "$0.cert" >> "$0"';

/** What `scripts/sign-file` makes: PKCS#7 without content, certificates and attributes. */
const SIGN =
  'cd "$0" && for file; do openssl smime -sign -binary -noattr -nocerts -outform DER ' +
  '-md "$HASH" -signer "$KEY" -inkey "$KEY" -in "$file" -out "$file.p7s" || exit 1; done';

/** `struct module_signature` but for its last field: PKCS#7, everything else zero. */
const TRAILER = [0, 0, 2, 0, 0, 0, 0, 0];
export const MARK: Buffer = Buffer.from('~Module signature appended~\n', 'latin1');

let folders = 0;

/** Signs modules as the kernel's build does, all in one call. */
export async function signAll(
  kernel: Kernel,
  modules: readonly Buffer[],
  options: SignOptions,
): Promise<Buffer[]> {
  const { toolchain } = kernel;
  const inside = `/scratch/sign-${process.pid}-${folders++}`;
  const folder = join(toolchain.root, inside);
  await mkdir(folder, { recursive: true });
  try {
    const names = modules.map((_, index) => `${index}.ko`);
    for (const [index, module] of modules.entries()) {
      await writeFile(join(folder, `${index}.ko`), module);
    }
    const settings = [`HASH=${options.hash}`, `KEY=${await keyOf(kernel, options.key)}`];
    const result = await toolchain.run('env', [...settings, 'sh', '-c', SIGN, inside, ...names]);
    if (result.status !== 0) throw new LockstepError('build-failed', result.stderr);
    const read = names.map((name) => readFile(join(folder, `${name}.p7s`)));
    const signatures = await Promise.all(read);
    return modules.map((module, index) => signed(module, signatures[index] ?? Buffer.alloc(0)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function signed(module: Buffer, signature: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(signature.length);
  return Buffer.concat([module, signature, Buffer.from(TRAILER), length, MARK]);
}

/** A file with key and certificate as the toolchain sees it; the unknown key is made on first use. */
async function keyOf(kernel: Kernel, key: KeyName): Promise<string> {
  if (key === 'own' && kernel.signer) return kernel.signer;
  const path = '/scratch/other-key.pem';
  if (!existsSync(join(kernel.toolchain.root, path))) {
    const result = await kernel.toolchain.run('sh', ['-c', OTHER_KEY, path]);
    if (result.status !== 0) throw new LockstepError('build-failed', result.stdout);
  }
  return path;
}
