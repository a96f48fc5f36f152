import { posix } from 'node:path';

/** What is wrong with an absolute path; undefined when nothing is. */
export function pathProblem(path: string | undefined): string | undefined {
  if (!path) return 'a path is needed';
  if (!path.startsWith('/')) return 'the path must start with /';
  if (cleanPath(path) !== path)
    return `the path is written in a roundabout way: ${cleanPath(path)}`;
  return undefined;
}

/** The same for a path that need not be there. */
export function optionalPathProblem(path: string | undefined): string | undefined {
  return path ? pathProblem(path) : undefined;
}

/** The shortest way to write a path. */
export function cleanPath(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}
