import type { Toolchain } from './toolchain.ts';

/** A kernel that truth boots, with what the gate reads of it and what builds modules for it. */
export interface Kernel {
  /** The `uname -r` string. */
  release: string;
  /** Where it comes from, for the table: `bookworm`, `built`. */
  origin: string;
  /** The folder in which its files lie as in a root. */
  root: string;
  /** The file that qemu starts. */
  image: string;
  /** Its `/usr/lib/modules/RELEASE`, with the indexes that depmod makes. */
  modulesDir: string;
  config: string;
  /** `Module.symvers` of the kernel and of the modules of its tree. */
  symvers: string;
  toolchain: Toolchain;
  /** Where the toolchain sees the headers. */
  headers: string;
  /** It judges the type information of modules, which are built with it. */
  typed?: boolean;
  /** The key whose signatures the kernel takes, with its certificate, as the toolchain sees it. */
  signer?: string;
}
