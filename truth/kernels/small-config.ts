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

/** A kernel to build from Debian's source: the end of its release and its options. */
export interface SmallConfig {
  name: 'plain' | 'signed';
  options: readonly string[];
}

/**
 * One kernel that knows neither checksums nor forced loads, and one that takes only modules that
 * its own key signed, with checksums in the old and in the new sections.
 */
export const SMALL_CONFIGS: readonly SmallConfig[] = [
  { name: 'plain', options: GUEST },
  { name: 'signed', options: [...GUEST, ...SIGNED] },
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
