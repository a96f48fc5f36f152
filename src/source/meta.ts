import { parseControl } from '../package/control.ts';
import type { KernelRange } from './module-source.ts';

/** What OpenZFS's META file says of the release. */
export interface Meta {
  version?: string;
  range: KernelRange;
}

/**
 * Reads an OpenZFS META file. `Linux-Minimum` and `Linux-Maximum` are kept as written: they are
 * a pair of numbers (6.10 is newer than 6.9), never a decimal fraction.
 */
export function parseMeta(text: string): Meta {
  const meta = Object.assign({}, ...parseControl(text)) as Record<string, string | undefined>;
  const kernel = (value: string | undefined) => (/^\d+\.\d+/.test(value ?? '') ? value : undefined);
  return {
    version: meta.version,
    range: { min: kernel(meta['linux-minimum']), max: kernel(meta['linux-maximum']) },
  };
}
