import { contentOf, withContent } from './elf.ts';

/** The `key=value` strings of `.modinfo`, in order. */
export function modinfoOf(module: Buffer): string[] {
  return contentOf(module, '.modinfo').toString('latin1').split('\0').filter(Boolean);
}

export function valueOf(module: Buffer, key: string): string | undefined {
  const line = modinfoOf(module).find((entry) => entry.startsWith(`${key}=`));
  return line?.slice(key.length + 1);
}

/** A copy with these strings as its `.modinfo`. */
export function withModinfo(module: Buffer, lines: readonly string[]): Buffer {
  const text = lines.map((line) => `${line}\0`).join('');
  return withContent(module, '.modinfo', Buffer.from(text, 'latin1'));
}

/** A copy whose key has this value, at the place of the first such key or at the end. */
export function withValue(module: Buffer, key: string, value: string): Buffer {
  const lines = modinfoOf(module);
  const at = lines.findIndex((line) => line.startsWith(`${key}=`));
  lines.splice(at < 0 ? lines.length : at, at < 0 ? 0 : 1, `${key}=${value}`);
  return withModinfo(module, lines);
}

export function withoutKey(module: Buffer, key: string): Buffer {
  return withModinfo(
    module,
    modinfoOf(module).filter((line) => !line.startsWith(`${key}=`)),
  );
}

/** A copy with a string more, before or after all others. */
export function withLine(module: Buffer, line: string, where: 'first' | 'last'): Buffer {
  const lines = modinfoOf(module);
  return withModinfo(module, where === 'first' ? [line, ...lines] : [...lines, line]);
}
