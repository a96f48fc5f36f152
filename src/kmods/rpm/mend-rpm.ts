import type { PackageFacts } from '../../package/package-facts.ts';
import { readRpm } from '../../package/rpm.ts';
import { isSignedRpm, rewriteRpm } from '../../package/rpm-rewrite.ts';
import { checkedRelease } from '../../source/shell.ts';
import { indexScript, type Mend } from '../image/mend.ts';

/** Lines that index only the kernel that runs: never in an image build. */
const FOR_RUNNING = /.*\buname\s+-r.*\bdepmod\b.*/g;

/**
 * Puts right in a package of modules that others have built what lockstep's own builds mend before
 * they build: without a requirement of its kernel dnf installs it beside any. Only the header is
 * another. Undefined when there is nothing to mend, and then nothing is touched.
 */
export function mendRpm(
  bytes: Uint8Array,
  kernel: string,
): { bytes: Buffer; mends: Mend[] } | undefined {
  const facts = readRpm(bytes);
  const mends = mendsFor(facts, checkedRelease(kernel));
  if (mends.length === 0) return undefined;
  const isOpen = mends.some(({ mend }) => mend === 'requirement');
  const mended = rewriteRpm(bytes, {
    ...(isOpen && { requires: { name: 'kernel-uname-r', version: kernel } }),
    script: (text) => text.replace(FOR_RUNNING, indexScript(kernel)),
  });
  return { bytes: mended, mends: [...mends, ...(isSignedRpm(bytes) ? [unsigned(facts)] : [])] };
}

function mendsFor({ name, requires, scripts }: PackageFacts, kernel: string): Mend[] {
  const mends: Mend[] = [];
  // One that names another kernel is left to the check, which refuses it.
  if (requires.every((one) => one.name !== 'kernel-uname-r')) {
    const is = `Requires: kernel-uname-r = ${kernel}`;
    mends.push({ package: name, mend: 'requirement', was: 'none', is });
  }
  if (scripts.some((text) => text.search(FOR_RUNNING) >= 0)) {
    const was = 'depmod -a if uname -r is the kernel';
    mends.push({ package: name, mend: 'script', was, is: `depmod -a ${kernel}` });
  }
  return mends;
}

function unsigned({ name }: PackageFacts): Mend {
  return { package: name, mend: 'signature', was: 'signed', is: 'not signed' };
}
