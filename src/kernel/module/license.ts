/** The licences that Linux counts as compatible with its own (include/linux/license.h). */
const COMPATIBLE = [
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
];

/** Modules whose word about their licence Linux does not take (`module_license_offenders`). */
const OFFENDERS = ['driverloader', 'lve'];

/** Whether Linux lets a module use symbols that are exported for GPL-compatible modules only. */
export function mayUseGplSymbols(license: string | undefined, name: string): boolean {
  return license != null && COMPATIBLE.includes(license) && !OFFENDERS.includes(name);
}
