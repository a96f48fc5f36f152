import { withLine, withoutKey, withValue } from './modinfo.ts';
import { withModuleName } from './struct.ts';
import { withSymbolName } from './symbols.ts';
import { memberOf, type Variation } from './variation.ts';

const KEY = 'import_ns';

function imported(name: string, value: string, of = 'ns_user'): Variation {
  return { name: `import_ns ${name}`, of, change: (module) => withValue(module, KEY, value) };
}

/**
 * An import that newer kernels export for one module only (EXPORT_SYMBOL_FOR_MODULES, Linux 6.16),
 * in a module of some name.
 */
function reserved(symbol: string, name: string, line?: string): Variation {
  const change = (module: Buffer) => {
    const named = withModuleName(withSymbolName(module, 'lockstep_absent', symbol), name);
    return line == null ? named : withLine(named, line, 'last');
  };
  const told = line == null ? '' : `, ${line}`;
  return { name: `${symbol} in a module named ${name}${told}`, of: 'missing', change };
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
  reserved('__kernel_write', 'missing'),
  reserved('__kernel_write', 'missing', 'import_ns=module:autofs4'),
  reserved('__kernel_write', 'autofs4'),
  reserved('__kernel_write', 'autofs'),
  reserved('__kernel_write', 'autofs4', 'license=CDDL'),
  reserved('get_xsave_addr', 'kvm_amd'),
  reserved('get_xsave_addr', 'kvm-amd'),
  reserved('get_xsave_addr', 'kvm_arm'),
];
