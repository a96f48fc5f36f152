import { readKernelConfig } from '../../kernel/version/config.ts';
import type { Finding } from '../../system/finding.ts';

/** The files of a kernel build that say which release it makes. */
export interface BuildFiles {
  config?: { file: string; text: string };
  makefile?: { file: string; text: string };
}

/**
 * What speaks against the release that a folder of modules is named after. Pure. `.config` gives
 * CONFIG_LOCALVERSION, the Makefile of the kernel its first four lines; scripts/setlocalversion
 * may add `-g…` and `+` after both when CONFIG_LOCALVERSION_AUTO is set.
 */
export function releaseFindings(release: string, { config, makefile }: BuildFiles): Finding[] {
  const options = config && readKernelConfig(config.text);
  const local = options?.get('CONFIG_LOCALVERSION') ?? '';
  const auto = options == null || options.get('CONFIG_LOCALVERSION_AUTO') === 'y';
  const version = makefile && versionOfMakefile(makefile.text);
  if (makefile && version == null) return [unclear(makefile.file)];
  if (version != null && !begins(release, version))
    return [other(release, version, makefile?.file)];
  const expected = `${version ?? ''}${local}`;
  if (version == null) return release.includes(local) ? [] : [other(release, local, config?.file)];
  if (release === expected || options == null) return [];
  const rest = release.startsWith(expected) ? release.slice(expected.length) : undefined;
  const added = rest != null && auto && /^(?:[-+].*)$/.test(rest);
  return added || rest === '+' ? [] : [other(release, expected, config?.file)];
}

/** `VERSION.PATCHLEVEL.SUBLEVEL` with EXTRAVERSION (Makefile, KERNELVERSION); undefined for another Makefile. */
export function versionOfMakefile(text: string): string | undefined {
  const value = (name: string) =>
    new RegExp(`^${name}[ \\t]*=[ \\t]*(\\S*)[ \\t]*$`, 'm').exec(text)?.[1];
  const [version, patch, sub] = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(value);
  if (!version || !patch) return undefined;
  return `${version}.${patch}${sub ? `.${sub}` : ''}${value('EXTRAVERSION') ?? ''}`;
}

/** `6.12.4` begins 6.12.4-custom and not 6.12.44. */
function begins(release: string, version: string): boolean {
  return release.startsWith(version) && !/^\d/.test(release.slice(version.length));
}

function other(release: string, expected: string, file = ''): Finding {
  return {
    rule: 'kernel-release',
    severity: 'error',
    message: `the modules are of Linux ${release}, and the build makes ${expected}`,
    where: { file },
    expected,
    found: release,
    hint: 'pack the modules that this build installed',
  };
}

function unclear(file: string): Finding {
  return {
    rule: 'kernel-release',
    severity: 'error',
    message: `${file} does not say VERSION and PATCHLEVEL`,
    where: { file },
    hint: 'name the Makefile at the top of the kernel source',
  };
}
