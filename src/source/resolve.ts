import { resolveDebianSource, type SourceOptions } from './debian.ts';
import { resolveDkmsSource } from './dkms.ts';
import type { ArchivedSource, ModuleRequest, SourceArchive } from './module-source.ts';

/** Pins the code of a module, whatever kind of source it has. */
export function resolveModuleSource(
  archive: SourceArchive,
  request: ModuleRequest,
  options: SourceOptions,
): Promise<ArchivedSource> {
  const resolve = { debian: resolveDebianSource, dkms: resolveDkmsSource }[request.kind];
  return resolve(archive, request, options);
}
