import type { KeyObject } from 'node:crypto';
import type { FileTree } from '../../file/tree.ts';
import { LockstepError } from '../../system/error.ts';
import { readOnlyPem, readPem } from '../key/pem.ts';
import { type PublicKey, readPublicKey } from '../key/public-key.ts';
import { type Certificate, parseCertificate, readCertificates } from './certificate.ts';
import { isPlainKey } from './plain-key.ts';
import type { FulcioSigner, PkiSigner, Requirement, SigstoreSigned, Source } from './policy.ts';

/** What a requirement is judged with: the keys and certificates that it names, read. */
export type Material =
  | { kind: 'key'; keys: readonly PublicKey[]; logs?: readonly KeyObject[] }
  | { kind: 'fulcio'; by: FulcioSigner; roots: readonly Certificate[]; logs: readonly KeyObject[] }
  | {
      kind: 'pki';
      by: PkiSigner;
      roots: readonly Certificate[];
      intermediates: readonly Certificate[];
    }
  | { kind: 'unusable'; why: string };

/** Largest file of keys or certificates that is read. */
const LIMIT = 4 << 20;

/**
 * Reads what the requirements name from the files of a host, each requirement's by itself. One key
 * that cannot be read makes its requirement one that nothing meets, as hosts have it.
 */
export async function readMaterials(
  requirements: readonly Requirement[],
  files: FileTree,
): Promise<ReadonlyMap<Requirement, Material>> {
  const read = requirements
    .filter((requirement) => requirement.type === 'sigstoreSigned')
    .map(async (requirement) => [requirement, await materialOf(requirement, files)] as const);
  return new Map(await Promise.all(read));
}

async function materialOf(requirement: SigstoreSigned, files: FileTree): Promise<Material> {
  try {
    return await readMaterial(requirement, files);
  } catch (error) {
    if (error instanceof LockstepError && error.kind === 'remote') throw error;
    return { kind: 'unusable', why: error instanceof Error ? error.message : String(error) };
  }
}

async function readMaterial({ by, rekorKeys }: SigstoreSigned, files: FileTree): Promise<Material> {
  const logs = await Promise.all((rekorKeys ?? []).map((source) => readLogKey(source, files)));
  if (by.kind === 'key') {
    const keys = await Promise.all(by.keys.map((source) => readKey(source, files)));
    return { kind: 'key', keys, ...(rekorKeys ? { logs } : {}) };
  }
  if (by.kind === 'fulcio')
    return { kind: 'fulcio', by, roots: await readAuthorities(by.ca, files), logs };
  const roots = await readAuthorities(by.roots, files);
  const intermediates = by.intermediates ? await readAll(by.intermediates, files) : [];
  return { kind: 'pki', by, roots, intermediates };
}

async function readKey(source: Source, files: FileTree): Promise<PublicKey> {
  const text = await readSource(source, files);
  const [block] = within(source, () => readOnlyPem(text).blocks);
  const key = readPublicKey(text, nameOf(source));
  const form = block?.label === 'RSA PUBLIC KEY' ? 'pkcs1' : 'spki';
  if (block && isPlainKey(key.key, block.bytes, form)) return key;
  throw new Error(`${nameOf(source)} is not in the usual form`);
}

async function readLogKey(source: Source, files: FileTree): Promise<KeyObject> {
  const { key } = await readKey(source, files);
  if (key.asymmetricKeyType === 'ec') return key;
  throw new Error(`${nameOf(source)} is no key of a log: it is not ECDSA`);
}

/** Roots that cannot be read are passed by, as long as one can (`AppendCertsFromPEM` of Go). */
async function readAuthorities(source: Source, files: FileTree): Promise<Certificate[]> {
  const blocks = readPem(await readSource(source, files));
  const roots = blocks.flatMap(({ label, bytes }) => {
    try {
      return label === 'CERTIFICATE' ? [parseCertificate(bytes)] : [];
    } catch {
      return [];
    }
  });
  if (roots.length > 0) return roots;
  throw new Error(`${nameOf(source)} has no certificate that can be read`);
}

async function readAll(source: Source, files: FileTree): Promise<Certificate[]> {
  const text = await readSource(source, files);
  return within(source, () => readCertificates(text));
}

async function readSource(source: Source, files: FileTree): Promise<string> {
  if ('data' in source) return source.data.toString('latin1');
  const { path } = source;
  if (!path.startsWith('/')) throw new Error(`${path} is not the absolute path of a file`);
  const bytes = await files.read(path);
  if (bytes.length > LIMIT) throw new Error(`${path} is larger than ${LIMIT} bytes`);
  return Buffer.from(bytes).toString('latin1');
}

function within<T>(source: Source, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${nameOf(source)}: ${why}`, { cause: error });
  }
}

function nameOf(source: Source): string {
  return 'path' in source ? source.path : 'a key in the policy';
}
