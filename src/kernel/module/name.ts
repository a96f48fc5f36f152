/** A file name that modprobe takes for a module. */
export const MODULE_FILE = /\.ko(\.(xz|zst|gz))?$/;

/** The name that the kernel has for a module: modprobe takes `-` and `_` for one, the kernel says `_`. */
export function kernelName(module: string): string {
  return module.replaceAll('-', '_');
}

/** The name that a module file will have when it is loaded: `fs/a-b.ko.xz` is `a_b`. */
export function moduleName(path: string): string {
  return kernelName(path.slice(path.lastIndexOf('/') + 1).replace(MODULE_FILE, ''));
}
