import { mayUseGplSymbols } from '../../../kernel/module/license.ts';
import { type KernelModule, modinfoValue } from '../../../kernel/module/module.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { InspectedModule } from './inspect.ts';
import { type ModuleFinding, note, remark, unsafe } from './rule.ts';

/** How the module was built: what the kernel warns of, or says nothing of and should. */
export function* checkBuild(
  inspected: InspectedModule,
  module: KernelModule,
  kernel: Kernel,
): Generator<ModuleFinding> {
  if (kernel.retpoline && modinfoValue(module, 'retpoline') == null) {
    yield note('retpoline', 'loading module not compiled with retpoline compiler.', {
      hint: 'build it with the compiler and the flags of the kernel',
    });
  }
  if (kernel.ibt && !inspected.ibt && kernel.modules.get(module.name) !== inspected.file) {
    yield note('ibt', 'not compiled for indirect branch tracking, which this kernel may use', {
      hint: 'build it with the compiler and the flags of the kernel',
    });
  }
  if (inspected.experimental) {
    yield unsafe('experimental', 'OpenZFS was built for a kernel that it does not support', {
      found: 'EXPERIMENTAL and SERIOUS DATA LOSS may occur',
      hint: 'build without --enable-linux-experimental, with a release whose META names this kernel',
    });
  }
  if (modinfoValue(module, 'intree') != null && !kernel.modules.has(module.name)) {
    yield note('intree', 'says that it is part of the kernel, and is not', {
      hint: 'leave out MODULE_INFO(intree, "Y")',
    });
  }
}

/**
 * The marks that loading leaves on the kernel (Documentation/admin-guide/tainted-kernels.rst).
 * Those of licence, origin and signature are what every module from outside brings.
 */
export function* checkTaints(
  inspected: InspectedModule,
  module: KernelModule,
  kernel: Kernel,
): Generator<ModuleFinding> {
  const has = (key: string) => modinfoValue(module, key) != null;
  const forced =
    !has('vermagic') || (kernel.loader.modversions && !module.versions && !module.extendedVersions);
  const license = modinfoValue(module, 'license');
  const unsigned = !['good', 'unchecked'].includes(inspected.signature.state);
  const expected = [
    mayUseGplSymbols(license, module.name) ? '' : `P (licence '${license ?? 'unspecified'}')`,
    has('intree') ? '' : 'O (out of tree)',
    kernel.loader.signatures && unsigned ? 'E (no known signature)' : '',
  ];
  const odd = [
    forced ? 'F (loaded by force)' : '',
    has('staging') ? 'C (staging)' : '',
    has('livepatch') ? 'K (live patch)' : '',
    has('test') ? 'N (test module)' : '',
  ];
  for (const [taints, tell] of [
    [odd, note],
    [expected, remark],
  ] as const) {
    const letters = taints.filter(Boolean).join(', ');
    if (letters) yield tell('taint', `loading it taints the kernel: ${letters}`);
  }
}
