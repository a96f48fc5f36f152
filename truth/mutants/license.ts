import { modinfoOf, withLine, withModinfo, withoutKey, withValue } from './modinfo.ts';
import { importsOf, withSwappedNames } from './symbols.ts';
import { memberOf, type Variation } from './variation.ts';

/** The strings that the kernel counts as compatible (include/linux/license.h), and others. */
const LICENSES = [
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
  'Proprietary',
  'CDDL',
  'BSD',
  'MIT',
  'gpl',
  'GPL v3',
  'GPLv2',
  'GPL-2.0-only',
  ' GPL',
  'GPL ',
  '',
];

function licensed(of: string, license: string): Variation {
  return {
    name: `licence ${JSON.stringify(license)}`,
    of,
    change: (module) => withValue(module, 'license', license),
  };
}

const withoutLicense = (module: Buffer) => withoutKey(module, 'license');

export const LICENSE_VARIATIONS: readonly Variation[] = [
  ...LICENSES.map((license) => licensed('gpl_user', license)),
  licensed('plain', 'Proprietary'),
  licensed('consumer', 'CDDL'),
  licensed('free_consumer', 'CDDL'),
  licensed('ns_user', 'CDDL'),
  licensed('provider', 'CDDL'),
  { name: 'no licence', of: 'gpl_user', change: withoutLicense },
  { name: 'no licence', of: 'plain', change: withoutLicense },
  {
    name: 'licence CDDL before GPL',
    of: 'gpl_user',
    change: (module) => withLine(module, 'license=CDDL', 'first'),
  },
  {
    name: 'licence CDDL after GPL',
    of: 'gpl_user',
    change: (module) => withLine(module, 'license=CDDL', 'last'),
  },
  {
    name: 'licence before everything else',
    of: 'gpl_user',
    change: (module) =>
      withModinfo(module, ['license=GPL', ...modinfoOf(withoutKey(module, 'license'))]),
  },
  {
    name: 'provider under a proprietary licence',
    of: 'consumer',
    change: (module) => module,
    before: (family) => [withValue(memberOf(family, 'provider'), 'license', 'Proprietary')],
  },
  {
    name: 'provider under a proprietary licence, GPL-only import first',
    of: 'consumer',
    change: (module) => {
      const first = importsOf(module).find((name) => name.startsWith('lockstep_'));
      return withSwappedNames(module, first ?? 'lockstep_gpl', 'lockstep_gpl');
    },
    before: (family) => [withValue(memberOf(family, 'provider'), 'license', 'Proprietary')],
  },
  {
    name: 'provider under a proprietary licence, free import',
    of: 'free_consumer',
    change: (module) => module,
    before: (family) => [withValue(memberOf(family, 'provider'), 'license', 'Proprietary')],
  },
];
