import { expect, test } from 'vitest';
import { releaseFindings, versionOfMakefile } from './kernel-release.ts';

const makefile = (extra = '') => ({
  file: 'linux/Makefile',
  text: `# SPDX-License-Identifier: GPL-2.0\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 44\nEXTRAVERSION =${extra}\nNAME = Baby Opossum Posse\n`,
});
const config = (local: string, more = '') => ({
  file: '.config',
  text: `CONFIG_LOCALVERSION="${local}"\n${more}`,
});

test.each([
  ['6.12.44-Zero-OS', config('-Zero-OS'), makefile()],
  ['6.12.44-rc1-Zero-OS', config('-Zero-OS'), makefile(' -rc1')],
  ['6.12.44+', config('', 'CONFIG_LOCALVERSION_AUTO=y\n'), makefile()],
  ['6.12.44-x-g0123abc', config('-x', 'CONFIG_LOCALVERSION_AUTO=y\n'), makefile()],
  ['6.12.44-any', undefined, makefile()],
  ['6.12.44-Zero-OS', config('-Zero-OS'), undefined],
  ['6.12.44', undefined, undefined],
])('%s is what the build makes', (release, conf, make) => {
  expect(
    releaseFindings(release, { ...(conf && { config: conf }), ...(make && { makefile: make }) }),
  ).toEqual([]);
});

test.each([
  ['6.12.44', config('-Zero-OS'), makefile()],
  ['6.12.45-Zero-OS', config('-Zero-OS'), makefile()],
  ['6.12.440', undefined, makefile()],
  ['6.12.44-other', config('-Zero-OS'), makefile()],
  ['6.12.44-x-g0123abc', config('-x'), makefile()],
  ['6.12.44-other', config('-Zero-OS'), undefined],
])('%s is not what the build makes', (release, conf, make) => {
  const found = releaseFindings(release, {
    ...(conf && { config: conf }),
    ...(make && { makefile: make }),
  });
  expect(found).toMatchObject([{ rule: 'kernel-release', severity: 'error', found: release }]);
});

test('a Makefile of something else is said to be one', () => {
  expect(versionOfMakefile('all:\n\tcc x.c\n')).toBeUndefined();
  expect(
    releaseFindings('6.1.0', { makefile: { file: 'Makefile', text: 'all:\n' } }),
  ).toMatchObject([{ message: 'Makefile does not say VERSION and PATCHLEVEL' }]);
});
