import type { ModuleEnding, ModuleInput, Reader } from '../kernel/kernel.ts';
import { type ModuleFinding, note } from './rule.ts';

/** The part of the name of a module file that tells its compression. */
export function endingOf(path: string): ModuleEnding {
  return (/\.ko(\.(?:xz|zst|gz))?$/.exec(path)?.[1] ?? '') as ModuleEnding;
}

const XZ_CHECKS = new Map([
  [0, 'none'],
  [1, 'CRC32'],
  [4, 'CRC64'],
  [10, 'SHA-256'],
]);

/**
 * What one reader of compressed modules takes and another does not: the kernel's own decompressor
 * (`CONFIG_MODULE_DECOMPRESS`, lib/xz) knows CRC32 and no other check; kmod may lack a format.
 */
export function* checkCompression(
  { file, content }: ModuleInput,
  kernel: Reader,
): Generator<ModuleFinding> {
  const ending = endingOf(file);
  const check = (content[7] ?? 0) & 0x0f;
  if (ending === '.xz' && content[0] === 0xfd && check > 1) {
    const found = XZ_CHECKS.get(check) ?? `check ${check}`;
    yield note(
      'compression',
      `compressed with ${found}, which the kernel's own decompressor does not know`,
      {
        expected: 'CRC32',
        found,
        hint: 'compress with xz --check=crc32 --lzma2=dict=1MiB',
      },
    );
  }
  if (ending === '' || kernel.compression == null || ending === kernel.compression) return;
  yield note('compression', `compressed as ${ending}, unlike the modules of the kernel`, {
    expected: `.ko${kernel.compression}`,
    found: `.ko${ending}`,
    hint: 'not every kmod reads every format; compress as the kernel does',
  });
}
