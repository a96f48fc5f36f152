import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Signer, signerOf } from '../key/signer.ts';

/** A certificate with its key. */
export interface Issued {
  name: string;
  pem: string;
  signer: Signer;
}

export interface CertificateParts {
  /** Lines of openssl's `x509v3_config`: `subjectAltName=email:…`. */
  extensions?: readonly string[];
  by?: Issued;
  /** Days from now; negative for one that ended long ago. */
  days?: number;
}

const CA = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const LEAF = ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature'];

/** Makes certificates with openssl in a folder. */
export function certificateMaker(folder: string) {
  let made = 0;
  const issue = (name: string, parts: CertificateParts, usual: readonly string[]): Issued => {
    made += 1;
    const at = (ending: string) => join(folder, `${made}-${name}.${ending}`);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
    const { extensions = [], by, days = 365 } = parts;
    const overridden = extensions.map((line) => line.split('=')[0]);
    const kept = usual.filter((line) => !overridden.includes(line.split('=')[0]));
    const said = [...kept, ...extensions].filter((line) => !line.endsWith('='));
    writeFileSync(at('cnf'), said.map((line) => `${line}\n`).join(''));
    openssl(
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-out',
      at('key'),
    );
    openssl('req', '-new', '-key', at('key'), '-subj', `/CN=${name}`, '-out', at('csr'));
    if (by) writeFileSync(at('ca'), by.pem);
    const key = by ? join(folder, `${by.name}.key`) : at('key');
    const signed = by ? ['-CA', at('ca'), '-CAkey', key, '-CAcreateserial'] : ['-signkey', key];
    const result = ['-days', String(days), '-extfile', at('cnf'), '-out', at('pem')];
    openssl('x509', '-req', '-in', at('csr'), ...signed, ...result);
    const signer = signerOf(createPrivateKey(readFileSync(at('key'))));
    return { name: `${made}-${name}`, pem: readFileSync(at('pem'), 'utf8'), signer };
  };
  return {
    authority: (name: string, parts: CertificateParts = {}) => issue(name, parts, CA),
    leaf: (name: string, parts: CertificateParts) => issue(name, parts, LEAF),
  };
}
