import { LockstepError } from '../system/error.ts';
import { type CpioHeader, HEADER_SIZE, MAGIC, padding, TRAILER } from './cpio.ts';
import { encodeName } from './name.ts';

/** A header to write; what is left out is a file of root's from 1970 with mode 644 and one link. */
export type NewCpioHeader = Partial<Omit<CpioHeader, 'size'>> & { path: string };

/**
 * The bytes of one entry in the "newc" format, which the kernel unpacks as initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 * @example Buffer.concat([cpioEntry({ path: 'init', mode: 0o100755, inode: 1 }, script), cpioEnd()])
 */
export function cpioEntry(header: NewCpioHeader, content: Uint8Array | string = ''): Buffer {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  const name = Buffer.concat([encodeName(header.path), Buffer.alloc(1)]);
  const fields = [
    header.inode ?? 0,
    header.mode ?? 0o100644,
    header.uid ?? 0,
    header.gid ?? 0,
    header.links ?? 1,
    header.mtime ?? 0,
    body.length,
    0,
    0,
    ...(header.device ?? [0, 0]),
    name.length,
    0,
  ];
  const head = Buffer.from(MAGIC + fields.map(asHex).join(''), 'latin1');
  const unpadded = HEADER_SIZE + name.length;
  return Buffer.concat([
    head,
    name,
    Buffer.alloc(padding(unpadded)),
    body,
    Buffer.alloc(padding(body.length)),
  ]);
}

/** The entry that ends an archive. */
export function cpioEnd(): Buffer {
  return cpioEntry({ path: TRAILER, mode: 0 });
}

function asHex(value: number): string {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) {
    return value.toString(16).padStart(8, '0').toUpperCase();
  }
  throw new LockstepError('limit-exceeded', `cpio has no room for the number ${value}`);
}
