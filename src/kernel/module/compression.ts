/** How the modules of a kernel are compressed, by the end of their names. */
export type ModuleCompression = 'none' | 'xz' | 'zst' | 'gz';

/** How a file is compressed if it is a module; undefined when its name is not one of a module. */
export function moduleCompression(path: string): ModuleCompression | undefined {
  const module = /\.ko(?:\.(xz|zst|gz))?$/.exec(path);
  return module ? ((module[1] ?? 'none') as ModuleCompression) : undefined;
}
