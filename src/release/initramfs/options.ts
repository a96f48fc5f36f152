import { stat } from 'node:fs/promises';
import type { InitramfsConfig } from '../../config/initramfs-schema.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import type { Digest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import type { DebianOptions } from './debian.ts';
import type { InitramfsFlist } from './flists.ts';
import type { StageOptions, StageRecord } from './stage.ts';

export interface InitramfsOptions extends Omit<DebianOptions, 'folder'>, StageOptions {
  config: InitramfsConfig;
  /** Folder of the configuration. */
  project: string;
  /** The Node that goes into it. */
  node: string;
  connection: StoreConnection;
  now: () => Date;
  /** False: what is made is not booted. */
  boot: boolean;
}

/** What was made. */
export interface BuiltInitramfs {
  /** The kernel release. */
  kernel: string;
  /** Path of the kernel image, and of the initramfs with its digest and bytes. */
  vmlinuz: string;
  initramfs: string;
  digest: Digest;
  size: number;
  flists: InitramfsFlist[];
  stages: StageRecord[];
  findings: Finding[];
}

/** What is known when something speaks against the initramfs: nothing is written then. */
export type RefusedInitramfs = Pick<BuiltInitramfs, 'kernel' | 'stages' | 'findings'>;

/** True while a file or folder that a stage made is still there. */
export function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
