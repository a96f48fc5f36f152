import type { Btf } from '../../../kernel/btf/check.ts';
import type { ElfExpectation } from '../../../kernel/elf/check.ts';
import type { KernelExport } from '../../../kernel/module/exports.ts';
import type { Certificate } from '../../../kernel/signature/certificate.ts';
import type { LoaderRules } from '../../../kernel/version/loader.ts';

/** What stands behind `.ko` in the name of a module file. */
export type ModuleEnding = '' | '.xz' | '.zst' | '.gz';

/** What is known of one kernel without running it. Plain data, so that it can go to a worker. */
export interface Kernel {
  release: string;
  loader: LoaderRules;
  /** Machine and layout of its own modules. */
  architecture: ElfExpectation;
  /** What its own modules say; undefined when nothing tells. */
  vermagic: string | undefined;
  /** Size of `struct module` in its own modules. */
  moduleSize: number | undefined;
  /** What the kernel and its own modules export, by name. */
  symbols: ReadonlyMap<string, KernelExport>;
  /** `vmlinux` is among the exporters; else nothing can be said of symbols. */
  knowsSymbols: boolean;
  /** Their versions are known, where the kernel compares them. */
  knowsVersions: boolean;
  /** The keys built into it, and whether they could be read. */
  certificates: readonly Certificate[];
  knowsCertificates: boolean;
  /** Its type information, where it judges that of modules; undefined when that is not at hand. */
  btf: Btf | undefined;
  /** Signers of its own modules: issuer and serial, or key identifier. */
  ownSigners: readonly string[];
  /** How its own modules are compressed, by the ending of their names; undefined without any. */
  compression: ModuleEnding | undefined;
  /** Its own modules, name to path. */
  modules: ReadonlyMap<string, string>;
  /** Modules that are part of it and stand in `/sys/module`. */
  builtins: ReadonlySet<string>;
  /** Compiled with retpolines, and for indirect branch tracking. */
  retpoline: boolean;
  ibt: boolean;
}

/** What of a kernel is needed to read a module for it. */
export type Reader = Pick<
  Kernel,
  | 'architecture'
  | 'loader'
  | 'certificates'
  | 'knowsCertificates'
  | 'btf'
  | 'ownSigners'
  | 'compression'
>;

/** A module file as it stands on disk. */
export interface ModuleInput {
  file: string;
  content: Uint8Array;
  /** The content without its compression, where it was undone before. */
  unpacked?: Uint8Array;
}
