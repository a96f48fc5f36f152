import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { LoadedConfig } from '../../config/load.ts';
import type { Stream } from '../../config/schema.ts';
import type { Finding, Whereabouts } from '../../system/finding.ts';

/** A stream, and the file that it stands in. */
export interface PlacesOf {
  config: Pick<LoadedConfig, 'file' | 'placeOf'>;
  stream: Pick<Stream, 'name' | 'image'>;
}

/**
 * Findings with the file and line of the project that they are about, where that is known: a key
 * of the configuration, or a file of an image that the overlay has put there.
 */
export function located<T extends Finding>(findings: readonly T[], of: PlacesOf): T[] {
  return findings.map((finding) => {
    const where = finding.where && placed(finding.where, of);
    return where ? { ...finding, where } : finding;
  });
}

function placed(where: Whereabouts, { config, stream }: PlacesOf): Whereabouts | undefined {
  const { file, key } = where;
  if (file == null) {
    return key == null
      ? undefined
      : { ...where, file: config.file, ...config.placeOf(stream.name, key) };
  }
  const { overlay } = stream.image;
  if (isAbsolute(file) && file.startsWith(dirname(config.file))) return where;
  const laid = overlay && join(dirname(config.file), overlay, join('/', file));
  return laid && existsSync(laid) ? { ...where, file: laid } : undefined;
}

/** A place as `FILE:LINE:COLUMN`, from a folder; undefined for what is no file of the project. */
export function placeText(where: Whereabouts | undefined, folder: string): string | undefined {
  const { file, line, column } = where ?? {};
  if (file == null || !isAbsolute(file)) return undefined;
  const path = relative(folder, file);
  if (path.startsWith('..')) return undefined;
  return [path, line, column].filter((part) => part != null).join(':');
}
