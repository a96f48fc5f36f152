import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOk } from '../src/system/process.ts';

/** Everything is dated with this, so that the same input gives the same packages. */
const EPOCH = '1700000000';

/** Nothing is stripped or searched: files are packed as they are; payloads are packed fast. */
const DEFINES = {
  _buildhost: 'testbed',
  _binary_payload: 'w1.zstdio',
  __os_install_post: '%{nil}',
  debug_package: '%{nil}',
  use_source_date_epoch_as_buildtime: '1',
  clamp_mtime_to_source_date_epoch: '1',
  _rpmfilename: '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
};

/**
 * Builds the binary packages of a spec by the machine's own rpmbuild into a folder that is whole or
 * not there; returns their paths. What the spec takes from outside comes as macros.
 */
export async function buildRpms(
  spec: string,
  request: { output: string; macros?: Record<string, string>; env: NodeJS.ProcessEnv },
): Promise<string[]> {
  const { output, macros = {}, env } = request;
  const work = `${output}.${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'RPMS'), { recursive: true });
  await writeFile(join(work, 'package.spec'), spec);
  const all = { _topdir: work, _dbpath: join(work, 'db'), ...DEFINES, ...macros };
  const defines = Object.entries(all).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  const args = ['-bb', '--target', 'x86_64', ...defines, join(work, 'package.spec')];
  await runOk('rpmbuild', args, { env: { ...env, SOURCE_DATE_EPOCH: EPOCH, LC_ALL: 'C.UTF-8' } });
  await rename(join(work, 'RPMS'), output);
  await rm(work, { recursive: true, force: true });
  return rpmsIn(output);
}

/** The packages in a folder, sorted. */
export async function rpmsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.rpm'))
    .sort()
    .map((name) => join(folder, name));
}
