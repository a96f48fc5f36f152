/** The options that a guest of truth needs beyond `make allnoconfig`. */
const GUEST = [
  '64BIT',
  'BINFMT_ELF',
  'BLK_DEV_INITRD',
  'BLOCK',
  'BUG',
  'CC_OPTIMIZE_FOR_SIZE',
  'CRYPTO',
  'DEBUG_KERNEL',
  'DEVTMPFS',
  'EXPERT',
  'FUTEX',
  'KALLSYMS',
  'MODULES',
  'MODULE_UNLOAD',
  'MULTIUSER',
  'NET',
  'PRINTK',
  'PROC_FS',
  'SERIAL_8250',
  'SERIAL_8250_CONSOLE',
  'SHMEM',
  'SMP',
  'SYSFS',
  'TMPFS',
  'TTY',
];

/** Everything that Debian's kernels have on and these leave to the question. */
const SIGNED = [
  'BASIC_MODVERSIONS',
  'CPU_MITIGATIONS',
  'EXTENDED_MODVERSIONS',
  'MITIGATION_RETPOLINE',
  'MODULE_FORCE_LOAD',
  'MODULE_SIG',
  'MODULE_SIG_ALL',
  'MODULE_SIG_FORCE',
  'MODULE_SIG_SHA256',
  'MODVERSIONS',
];

/**
 * Type information for modules, and no MODULE_ALLOW_BTF_MISMATCH, which Debian's own kernels have:
 * the kernel refuses a module whose type information it does not understand.
 */
const TYPED = [
  'BPF_SYSCALL',
  'DEBUG_INFO_BTF',
  'DEBUG_INFO_BTF_MODULES',
  'DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT',
];

/** A kernel to build from Debian's source: the end of its release, its source and its options. */
export interface SmallConfig {
  name: 'plain' | 'signed' | 'btf';
  /** The suite whose newest `linux-source` is taken, and its compiler. */
  suite: string;
  compiler: string;
  /** Programs that this build starts beside those that every kernel's does. */
  programs?: readonly string[];
  options: readonly string[];
}

const newest = { suite: 'trixie-backports', compiler: 'gcc-14' } as const;
const bookworm = { suite: 'bookworm', compiler: 'gcc-12' } as const;
const typed = {
  name: 'btf',
  programs: ['dwarves', 'python3-minimal'],
  options: [...GUEST, ...TYPED],
} as const;

/**
 * One kernel that knows neither checksums nor forced loads; one that takes only modules that its
 * own key signed, with checksums in the old and in the new sections; and two that judge type
 * information, before and after Linux 6.11, which brought `.BTF.base`.
 */
export const SMALL_CONFIGS: readonly SmallConfig[] = [
  { name: 'plain', ...newest, options: GUEST },
  { name: 'signed', ...newest, options: [...GUEST, ...SIGNED] },
  { ...typed, ...bookworm },
  { ...typed, ...newest },
];

/** The text that `KCONFIG_ALLCONFIG` names. */
export function configText(config: SmallConfig): string {
  const lines = config.options.map((option) => `CONFIG_${option}=y`);
  // One module of its own, as every real kernel has.
  return [
    ...lines,
    'CONFIG_CONFIGFS_FS=m',
    `CONFIG_LOCALVERSION="-${config.name}"`,
    'CONFIG_PANIC_TIMEOUT=-1',
    '',
  ].join('\n');
}
