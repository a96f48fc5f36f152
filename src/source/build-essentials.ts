/** Packages that every build needs; the compiler comes with the headers of the kernel. */
export const BUILD_ESSENTIALS = [
  'binutils',
  'gcc',
  'kmod',
  'libc6-dev',
  'make',
  'patch',
  'xz-utils',
  'zstd',
] as const;
