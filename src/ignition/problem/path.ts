/** Where something is in a document: keys of maps and indexes of lists, from the root. */
export type Path = readonly (string | number)[];

/** A path as findings print it: `$.storage.files.0.path`. */
export function pathText(path: Path): string {
  return ['$', ...path].join('.');
}

/** The name that Butane gives to a field of Ignition: `sizeMiB` is `size_mib`. */
export function snake(name: string): string {
  return name.replace(/MiB|[A-Z]/g, (part) => `_${part.toLowerCase()}`);
}
