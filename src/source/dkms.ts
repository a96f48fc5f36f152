import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../system/error.ts';
import { runOk } from '../system/process.ts';
import { requireProgram } from '../system/program.ts';
import { temporaryFolder } from '../system/temporary.ts';
import type { SourceOptions } from './debian.ts';
import { readDkmsConf } from './dkms-conf.ts';
import { parseMeta } from './meta.ts';
import {
  type ArchivedSource,
  contentKey,
  EXPERIMENTAL,
  type ModuleRequest,
  type SourceArchive,
} from './module-source.ts';

/** Packages that a DKMS package depends on for DKMS's sake, or that bring other kernels. */
const NOT_FOR_US =
  /^(dkms|debconf(-2\.0)?|cdebconf|module-assistant|initramfs-tools|linux-(headers|image).*)$/;

/**
 * Pins a Debian package that ships `/usr/src/NAME-VERSION/dkms.conf`. Throws `not-found` when
 * the archive has no such package and `config` when the package has no dkms.conf.
 */
export async function resolveDkmsSource(
  archive: SourceArchive,
  request: ModuleRequest,
  options: SourceOptions,
): Promise<ArchivedSource> {
  const found = await archive.findBinary(request.package, request.suite);
  const { conf, meta } = await archive.remember(contentKey('dkms.conf', found), async () => {
    const [path = ''] = await archive.fetch(found.files);
    return readPackage(path, request.package, options);
  });
  return {
    name: request.name,
    kind: 'dkms',
    package: request.package,
    version: found.version,
    upstreamVersion: conf.version ?? meta.version,
    files: found.files,
    range: meta.range,
    conf,
    buildDependencies: await dependenciesOf(archive, found.depends ?? ''),
    options: request.allowExperimental ? [EXPERIMENTAL] : [],
  };
}

/** Reads dkms.conf, and META beside it, without leaving anything unpacked. */
async function readPackage(path: string, name: string, { env, signal }: SourceOptions) {
  await using folder = await temporaryFolder();
  const deb = requireProgram('dpkg-deb', env);
  await runOk(deb, ['--extract', path, folder.path], { env, signal });
  const sources = join(folder.path, 'usr/src');
  for (const entry of await readdir(sources).catch(() => [])) {
    const file = join(sources, entry, 'dkms.conf');
    if (!(await stat(file).catch(() => undefined))) continue;
    const meta = await readFile(join(sources, entry, 'META'), 'utf8').catch(() => '');
    return { conf: readDkmsConf(await readFile(file, 'utf8')), meta: parseMeta(meta) };
  }
  throw new LockstepError('config', `the package ${name} ships no /usr/src/*/dkms.conf`, {
    hint: 'name a package that does, most often called NAME-dkms',
  });
}

/** The first alternative of each dependency that the archive has. */
async function dependenciesOf(archive: SourceArchive, depends: string): Promise<string[]> {
  const groups = depends.split(',').map((group) =>
    group
      .split('|')
      .map((one) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(one)?.[1] ?? '')
      .filter((name) => name !== '' && !NOT_FOR_US.test(name)),
  );
  const known = await archive.known([...new Set(groups.flat())]);
  const chosen = groups.map((names) => names.find((name) => known.has(name)) ?? '');
  return [...new Set(chosen)].filter(Boolean).sort();
}
