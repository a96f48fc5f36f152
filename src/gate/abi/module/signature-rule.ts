import type { Kernel } from '../kernel/kernel.ts';
import type { InspectedModule } from './inspect.ts';
import { type ModuleFinding, note, refused } from './rule.ts';

const UNSIGNED = {
  absent: 'unsigned module',
  'other-type': 'module with unsupported crypto',
  unsupported: 'module with unsupported crypto',
  'unknown-key': 'module with unavailable key',
} as const;

/**
 * What `module_sig_check` (kernel/module/signing.c) will say: a signature that is wrong is refused
 * always, one that is missing or of an unknown key only under enforcement.
 */
export function* checkSignature(
  inspected: InspectedModule,
  kernel: Kernel,
): Generator<ModuleFinding> {
  const { signature } = inspected;
  if (!kernel.loader.signatures || signature.state === 'good') return;
  if (signature.state === 'bad' || signature.state === 'broken') {
    const reason = signature.reason ? ` (${signature.reason})` : '';
    yield refused('signature', `${REJECTED[signature.state]}${reason}`, {
      found: signature.state === 'bad' ? 'a signature of other content' : 'a broken trailer',
      hint: 'sign the module again, or strip the signature',
    });
    return;
  }
  if (signature.state === 'unchecked') {
    const message = "signed by the signer of the kernel's own modules, whose key is not at hand";
    yield note('signature-unchecked', `${message}: a changed module would not be noticed`, {
      hint: 'put the kernel image beside the modules (vmlinuz) or into boot, or give --certificate',
    });
    return;
  }
  const what = UNSIGNED[signature.state];
  const found = signerOf(signature) ?? what;
  if (kernel.loader.enforcesSignatures) {
    yield refused('signature', `Loading of ${what} is rejected`, {
      expected: 'a signature of a key that the kernel trusts',
      found,
      hint: "enrol the signer's key as a machine owner key (MOK), or sign with an enrolled one",
    });
  } else if (signature.state !== 'absent') {
    yield note('signer', `${what}: loads, and is refused where signatures are enforced`, { found });
  }
}

const REJECTED = {
  bad: 'Key was rejected by service',
  broken: 'the signature cannot be read',
} as const;

/** Digest and key of a signature: the serial number of the certificate, or its key identifier. */
function signerOf({ digest, signers }: InspectedModule['signature']): string | undefined {
  const [signer] = signers;
  if (digest == null || signer == null) return undefined;
  return `signed with ${digest} by key ${signer.slice(signer.lastIndexOf(':') + 1)}, which is not built in`;
}
