import { cString } from '../elf/c-string.ts';
import { type Elf, findSection, SHF_ALLOC, sectionBytes } from '../elf/elf.ts';

/**
 * Names below `/sys/module` that the kernel makes for what is built into it (kernel/params.c):
 * prefixes of parameters that can be seen, `kernel` for those without (`param_sysfs_builtin`), and
 * modules with a version (`version_sysfs_builtin`). Read from a linked `vmlinux`.
 */
export function readBuiltinNames(elf: Elf): Set<string> {
  const parameters = visibleParameters(elf).map((name) =>
    name.includes('.') ? name.slice(0, name.indexOf('.')) : 'kernel',
  );
  return new Set([...parameters, ...versioned(elf)]);
}

/** `struct kernel_param`: name, two more pointers, permissions (16 bits), two more words. */
function visibleParameters(elf: Elf): string[] {
  const word = elf.layout.bits / 8;
  return entriesOf(elf, '__param', word * 5).flatMap((entry) => {
    const mode =
      elf.layout.endian === 'little' ? entry.readUInt16LE(word * 3) : entry.readUInt16BE(word * 3);
    return mode === 0 ? [] : (textAt(elf, addressIn(elf, entry, 0)) ?? []);
  });
}

/** `struct module_version_attribute`: an attribute of seven words, name, version. */
function versioned(elf: Elf): string[] {
  const word = elf.layout.bits / 8;
  const names = entriesOf(elf, '__modver', word * 9).map((entry) =>
    textAt(elf, addressIn(elf, entry, word * 7)),
  );
  return names.filter((name) => name != null && /^\w[\w-]*$/.test(name)) as string[];
}

function entriesOf(elf: Elf, name: string, size: number): Buffer[] {
  const bytes = sectionBytes(elf, findSection(elf, name));
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** The low 32 bits of an address. */
function addressIn(elf: Elf, entry: Buffer, offset: number): number {
  if (elf.layout.endian === 'little') return entry.readUInt32LE(offset);
  return entry.readUInt32BE(offset + (elf.layout.bits === 64 ? 4 : 0));
}

function textAt(elf: Elf, address: number): string | undefined {
  for (const section of elf.sections) {
    const offset = (address - section.addressLow) >>> 0;
    if ((section.flags & SHF_ALLOC) === 0 || offset >= section.size) continue;
    const bytes = sectionBytes(elf, section);
    if (offset < bytes.length) return cString(bytes, offset);
  }
  return undefined;
}
