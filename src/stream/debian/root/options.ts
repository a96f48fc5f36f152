/** How and where a root is made. */
export interface RootOptions {
  /** Where the packages lie (see fetchPackages). */
  pool: string;
  /** The tar file that is made, uncompressed; replaced at one blow. */
  output: string;
  /** Folder for scratch files; cleaned of what a killed run left. */
  work: string;
  /** Seconds since 1970 that files made on the way are dated with. */
  sourceDateEpoch: number;
  env: NodeJS.ProcessEnv;
  /** User id that lockstep runs as; 0 needs no user namespace. */
  uid: number;
  signal?: AbortSignal;
  /** Path patterns (dpkg's --path-exclude) that are not unpacked. Default: none. */
  exclude?: readonly string[];
  /** Make an initramfs for the kernels of the root. Default false: lockstep boots with its own. */
  initramfs?: boolean;
  /**
   * Bytes of memory to install in, which is three times as fast; 0: on disk. Default: what can be
   * spared, if that is enough. When it turns out to be too little, the disk is used after all.
   */
  memory?: number;
  /** File that takes the whole log. */
  log?: string;
  onLine?: (line: string) => void;
}
