import { withLine, withoutKey, withValue } from './modinfo.ts';
import { memberOf, type Variation } from './variation.ts';

const KEY = 'import_ns';

function imported(name: string, value: string, of = 'ns_user'): Variation {
  return { name: `import_ns ${name}`, of, change: (module) => withValue(module, KEY, value) };
}

export const NAMESPACE_VARIATIONS: readonly Variation[] = [
  { name: 'no import_ns', of: 'ns_user', change: (module) => withoutKey(module, KEY) },
  {
    name: 'no import_ns',
    of: 'consumer',
    change: (module) => withoutKey(module, KEY),
  },
  imported('of another name', 'CRYPTO'),
  imported('in lower case', 'crypto_internal'),
  imported('in quotes', '"CRYPTO_INTERNAL"'),
  imported('with a space', 'CRYPTO_INTERNAL '),
  imported('longer', 'CRYPTO_INTERNAL2'),
  imported('empty', ''),
  imported('of another name', 'LOCKSTEPS', 'consumer'),
  imported('in quotes', '"LOCKSTEP"', 'consumer'),
  {
    name: 'import_ns wrong, then right',
    of: 'ns_user',
    change: (module) => withLine(module, `${KEY}=OTHER`, 'first'),
  },
  {
    name: 'import_ns right, then wrong',
    of: 'ns_user',
    change: (module) => withLine(module, `${KEY}=OTHER`, 'last'),
  },
  {
    name: 'import_ns that nothing needs',
    of: 'plain',
    change: (module) => withLine(module, `${KEY}=OTHER`, 'last'),
  },
  {
    name: 'no import_ns and no licence',
    of: 'ns_user',
    change: (module) => withoutKey(withoutKey(module, KEY), 'license'),
  },
  {
    name: 'import_ns of a free import',
    of: 'free_consumer',
    change: (module) => withValue(module, KEY, 'LOCKSTEP'),
    before: (family) => [memberOf(family, 'provider')],
  },
];
