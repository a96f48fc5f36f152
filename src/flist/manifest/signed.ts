import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Finding } from '../../system/finding.ts';
import { ManifestRefused } from './load.ts';
import { isSignedBy, SIGNATURE_END } from './signature.ts';

/** Throws `ManifestRefused` unless `FILE.sig` beside a manifest is the signature of this key. */
export async function requireSigned(path: string, key: KeyObject): Promise<void> {
  const [manifest, signature] = await Promise.all([
    readFile(path),
    readFile(`${path}${SIGNATURE_END}`).catch(() => undefined),
  ]);
  if (signature && isSignedBy(manifest, signature, key)) return;
  throw new ManifestRefused(path, [signature ? unlike(path) : absent(path)]);
}

function unlike(path: string): Finding {
  const message = `${path}${SIGNATURE_END} is not the signature of this manifest by the key that was given`;
  return { rule: 'manifest-signature', severity: 'error', message, where: { file: path } };
}

function absent(path: string): Finding {
  return {
    rule: 'manifest-signature',
    severity: 'error',
    message: `there is no ${path}${SIGNATURE_END}, and a key was given`,
    where: { file: path },
    hint: 'fetch it with the manifest: lockstep flist publish puts it beside',
  };
}
