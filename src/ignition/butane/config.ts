import type { Fields } from '../schema/type.ts';
import type * as ignition from '../spec/config.ts';

/** What Butane adds to Ignition, of any variant and version. */
export interface ButaneConfig {
  variant?: string;
  version?: string;
  boot_device?: BootDevice;
  grub?: { users?: GrubUser[] };
  storage?: ButaneStorage;
  systemd?: { quadlets?: Quadlet[] };
}

export interface BootDevice {
  layout?: string;
  luks?: BootDeviceLuks;
  mirror?: { devices?: string[] };
}

export interface BootDeviceLuks {
  cex?: { enabled?: boolean };
  device?: string;
  discard?: boolean;
  tang?: Fields[];
  threshold?: number;
  tpm2?: boolean;
}

export interface GrubUser {
  name?: string;
  password_hash?: string;
}

export interface ButaneStorage {
  disks?: {
    device?: string;
    wipe_table?: boolean;
    partitions?: { label?: string; number?: number }[];
  }[];
  filesystems?: ButaneFilesystem[];
  luks?: { name?: string; clevis?: { tang?: unknown[] } }[];
  trees?: ButaneTree[];
}

export interface ButaneFilesystem {
  device?: string;
  format?: string;
  path?: string;
  mount_options?: string[];
  with_mount_unit?: boolean;
}

/** A folder of the files directory that is laid over the root. */
export interface ButaneTree {
  local?: string;
  path?: string;
  user?: ignition.Owner;
  group?: ignition.Owner;
  file_mode?: number;
  dir_mode?: number;
}

export interface Contents {
  contents?: string;
  contents_local?: string;
}

export interface Quadlet extends Contents {
  name?: string;
  rootful?: boolean;
  dropins?: (Contents & { name?: string })[];
}

export interface ButaneResource {
  compression?: string;
  source?: string;
  inline?: string;
  local?: string;
}
