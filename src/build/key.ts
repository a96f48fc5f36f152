import { type Digest, digestOfJson } from '../system/digest.ts';

/** Everything that decides what the build of a kmods image yields, and nothing else. */
export interface KmodsKey {
  kernel: { release: string; version: string };
  modules: KeyModule[];
  /** Version of the compiler's package. */
  compiler: string;
  /** Version of lockstep's own build recipe. */
  recipe: number;
}

export interface KeyModule {
  name: string;
  version: string;
  /** Digest of the names and checksums of the source files. */
  source: Digest;
  options: string[];
}

/** The key's digest: two builds with one digest yield the same modules. */
export function kmodsKeyDigest(key: KmodsKey): Digest {
  return digestOfJson(key);
}

/** Says in words what differs between two keys: `zfs version 2.1.11-1, was 2.1.11-0`. */
export function keyDifferences(wanted: KmodsKey, found: KmodsKey): string[] {
  const was = flatten(found);
  const is = flatten(wanted);
  const names = [...new Set([...is.keys(), ...was.keys()])];
  return names
    .filter((name) => is.get(name) !== was.get(name))
    .map((name) => `${name} ${is.get(name) ?? 'gone'}, was ${was.get(name) ?? 'not there'}`);
}

function flatten(key: KmodsKey): Map<string, string> {
  const lines = new Map([
    ['kernel release', key.kernel.release],
    ['kernel version', key.kernel.version],
    ['compiler', key.compiler],
    ['build recipe', String(key.recipe)],
  ]);
  for (const { name, version, source, options } of key.modules) {
    lines.set(`${name} version`, version);
    lines.set(`${name} source`, source);
    lines.set(`${name} options`, options.join(' ') || 'none');
  }
  return lines;
}
