import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { decompressBytes } from '../../file/compression/compression.ts';
import { moduleCompression } from '../../kernel/module/compression.ts';
import {
  isSignerOf,
  readCertificate,
  verifySignature,
} from '../../kernel/signature/certificate.ts';
import { readPkcs7 } from '../../kernel/signature/pkcs7.ts';
import { readSignatureTrailer } from '../../kernel/signature/signature.ts';
import { readRpmFiles } from '../../package/rpm-payload.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';

/** Largest module that is read: bytes. */
const MODULE_LIMIT = 512 << 20;

/** Whether the key of a certificate signed every module in a package. */
export async function checkSignatures(path: string, der: Uint8Array): Promise<Finding[]> {
  const findings: Finding[] = [];
  const rpm = await readFile(path);
  const isModule = (file: string) => moduleCompression(file) !== undefined;
  for await (const { path: file, content } of readRpmFiles(rpm, isModule, MODULE_LIMIT)) {
    const problem = signatureProblem(decompressBytes(content, MODULE_LIMIT), der);
    if (!problem) continue;
    findings.push({
      rule: 'package-signature',
      severity: 'error',
      message: `${file} in ${basename(path)} ${problem}`,
      where: { file },
      expected: `a signature of ${readCertificate(der).name}`,
    });
  }
  return findings;
}

function signatureProblem(module: Uint8Array, der: Uint8Array): string | undefined {
  const trailer = readSignatureTrailer(module);
  if (trailer.state === 'absent') return 'is not signed';
  if (trailer.state !== 'present') return 'has a signature that kernels cannot read';
  try {
    const certificate = readCertificate(der);
    const [signer] = readPkcs7(trailer.message).filter((one) => isSignerOf(certificate, one));
    if (!signer) return 'is signed with another key';
    if (verifySignature(certificate, signer, trailer.content)) return undefined;
    return 'is signed, but not with this content';
  } catch (error) {
    if (error instanceof LockstepError) return `has a broken signature: ${error.message}`;
    throw error;
  }
}
