import type { OpenImageOptions } from '../tree/image.ts';

/** What a cache is asked for. */
export interface ProbeQuestion extends OpenImageOptions {
  /** Name of the module: `zfs`. */
  module: string;
  /** The exact kernel release. */
  kernel: string;
  /** The exact version of the module; any will do when not given. */
  version?: string;
}
