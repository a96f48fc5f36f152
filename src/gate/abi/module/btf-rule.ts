import { checkBtfParts, checkModuleBtf } from '../../../kernel/btf/check.ts';
import {
  type Elf,
  findSection,
  rawSectionBytes,
  SHF_ALLOC,
  SHT_NOBITS,
} from '../../../kernel/elf/elf.ts';
import type { Reader } from '../kernel/kernel.ts';
import { type ModuleFinding, refused, unsafe } from './rule.ts';

const HINTS = {
  refused:
    'build it against the headers of exactly this kernel, or strip the type information: objcopy --remove-section .BTF --remove-section .BTF.base',
  unknown: 'put the kernel image beside the modules (vmlinuz) or into boot',
};

/**
 * What a kernel that judges type information will say of that of a module (`btf_module_notify`,
 * kernel/bpf/btf.c); a module without any is taken as it is.
 */
export function checkBtf(elf: Elf, name: string, kernel: Reader): ModuleFinding | undefined {
  if (!kernel.loader.judgesBtf) return undefined;
  const types = contentOf(elf, '.BTF');
  if (!types || types.length === 0) return undefined;
  const { btf: rules } = kernel.loader;
  const reason = kernel.btf
    ? checkModuleBtf({ types, base: contentOf(elf, '.BTF.base') }, kernel.btf)
    : checkBtfParts(types, rules, kernel.architecture.layout.endian === 'little');
  if (reason != null) {
    const message = `failed to validate module [${name}] BTF: ${reason}`;
    return refused('btf', message, { hint: HINTS.refused });
  }
  if (!kernel.btf) {
    const message = `the type information of the kernel is not known, so nobody can tell whether it takes that of ${name}`;
    return unsafe('btf', `BTF: ${message}`, { hint: HINTS.unknown });
  }
  return undefined;
}

/** As Linux sees it: whatever the flags, and zero bytes where the file holds none. */
function contentOf(elf: Elf, name: string): Buffer | undefined {
  const section = findSection(elf, name);
  if (!section) return undefined;
  const isEmpty = section.type === SHT_NOBITS && (section.flags & SHF_ALLOC) !== 0;
  return isEmpty ? Buffer.alloc(Math.min(section.size, 64)) : rawSectionBytes(elf, section);
}
