import type { Report } from '../../schema/rules.ts';
import type { Dropin, IgnitionConfig, Unit } from '../config.ts';
import { readUnit } from './unit-file.ts';

const EXTENSIONS =
  'service socket device mount automount swap target path timer snapshot slice scope'.split(' ');

/** Rules of units of systemd. */
export const unitRules = {
  Unit({ name = '', contents, enabled }: Unit, report: Report): void {
    if (!EXTENSIONS.includes(extension(name)))
      report.error(['name'], `the name must end in one of .${EXTENSIONS.join(', .')}`);
    if (contents == null) return;
    const { problem, sections } = readUnit(contents);
    if (problem) report.error(['contents'], problem);
    else if (enabled && contents && !sections.includes('Install'))
      report.warn(['contents'], `${name} has no [Install]: enabling it does nothing`);
  },
  Dropin({ name = '', contents }: Dropin, report: Report): void {
    if (contents != null) report.error(['contents'], readUnit(contents).problem);
    if (extension(name) !== 'conf') report.error(['name'], 'the name must end in .conf');
  },
};

function extension(name: string): string {
  return /\.([^./]*)$/.exec(name)?.[1] ?? '';
}

/** No file, directory or link may lie where a unit is written. */
export function unitPathRule({ systemd, storage = {} }: IgnitionConfig, report: Report): void {
  const taken = new Set<string>();
  for (const { name = '', contents, dropins = [] } of systemd?.units ?? []) {
    const path = `/etc/systemd/system/${name}`;
    if (contents) taken.add(path);
    for (const dropin of dropins) if (dropin.contents) taken.add(`${path}.d/${dropin.name}`);
  }
  for (const list of ['files', 'directories', 'links'] as const) {
    for (const [index, { path = '' }] of (storage[list] ?? []).entries()) {
      if (taken.has(path))
        report.error(['storage', list, index, 'path'], 'a unit of this document is written here');
    }
  }
}
