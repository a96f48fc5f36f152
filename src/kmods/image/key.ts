import { z } from 'zod';
import { type Digest, digestOfJson, isDigest } from '../../system/digest.ts';

const DigestText = z.string().refine(isDigest) as unknown as z.ZodType<Digest>;

export const KmodsKey = z.object({
  kernel: z.object({ release: z.string(), version: z.string() }),
  modules: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      /** Digest of the names and checksums of the source files. */
      source: DigestText,
      options: z.array(z.string()),
    }),
  ),
  /** Version of the compiler's package. */
  compiler: z.string(),
  /** Version of lockstep's own build recipe. */
  recipe: z.string(),
  /** Digest of the certificate whose key signs the modules. */
  signer: DigestText.optional(),
});

/** Everything that decides what the build of a kmods image yields, and nothing else. */
export type KmodsKey = z.infer<typeof KmodsKey>;

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
    ['build recipe', key.recipe],
    ['signer', key.signer ?? 'none'],
  ]);
  for (const { name, version, source, options } of key.modules) {
    lines.set(`${name} version`, version);
    lines.set(`${name} source`, source);
    lines.set(`${name} options`, options.join(' ') || 'none');
  }
  return lines;
}
