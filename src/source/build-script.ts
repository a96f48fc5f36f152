import { LockstepError } from '../system/error.ts';
import { EXPERIMENTAL, type ModuleSource, type SourceFile } from './module-source.ts';
import type { BuildTarget } from './recipe.ts';
import { askDkmsScript, dkmsScript } from './recipe-dkms.ts';
import { openzfsScript } from './recipe-openzfs.ts';
import { checkedRelease } from './shell.ts';

/**
 * The shell script that builds a module inside the builder root, for `sh`: finds the source's
 * files under `/src` by their names and leaves uncompressed modules in `/out/modules`.
 */
export function buildScript(
  source: Pick<ModuleSource, 'name' | 'kind' | 'files' | 'options'>,
  target: BuildTarget,
): string {
  const input = {
    ...target,
    kernelRelease: checkedRelease(target.kernelRelease),
    name: source.name,
    experimental: source.options.includes(EXPERIMENTAL),
  };
  if (source.kind === 'dkms') return dkmsScript({ ...input, file: fileOf(source.files, '.deb') });
  return openzfsScript({ ...input, file: fileOf(source.files, '.dsc') });
}

/**
 * The script that asks a dkms.conf whether it excludes the kernel, where only a shell can tell, and
 * fails as the build would; undefined where there is nothing to ask.
 */
export function askScript(
  source: Pick<ModuleSource, 'kind' | 'files' | 'options' | 'conf'>,
  target: BuildTarget,
): string | undefined {
  if (source.kind !== 'dkms' || !source.conf?.untold) return undefined;
  const kernelRelease = checkedRelease(target.kernelRelease);
  const experimental = source.options.includes(EXPERIMENTAL);
  return askDkmsScript({
    ...target,
    kernelRelease,
    experimental,
    file: fileOf(source.files, '.deb'),
  });
}

function fileOf(files: readonly SourceFile[], suffix: string): string {
  const file = files.find(({ name }) => name.endsWith(suffix));
  if (file && /^[\w.+~:-]+$/.test(file.name)) return file.name;
  throw new LockstepError('invalid-content', `the source of a module has no ${suffix} file`);
}
