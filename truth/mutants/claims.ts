import { withLine, withoutKey, withValue } from './modinfo.ts';
import type { Variation } from './variation.ts';

function claimed(line: string, of = 'plain'): Variation {
  return { name: line, of, change: (module) => withLine(module, line, 'last') };
}

/** What a module says of itself in `.modinfo` that the kernel believes, ignores or resents. */
export const CLAIM_VARIATIONS: readonly Variation[] = [
  claimed('livepatch=Y'),
  claimed('intree=Y'),
  claimed('intree=N'),
  claimed('staging=Y'),
  claimed('test=Y'),
  claimed('retpoline=N'),
  { name: 'no retpoline', of: 'plain', change: (module) => withoutKey(module, 'retpoline') },
  {
    name: 'depends on what is not there',
    of: 'plain',
    change: (module) => withValue(module, 'depends', 'no_such_module'),
  },
  {
    name: 'depends on what it does not use',
    of: 'plain',
    change: (module) => withValue(module, 'depends', 'configfs'),
  },
  {
    name: 'depends on nothing, it says',
    of: 'consumer',
    change: (module) => withValue(module, 'depends', ''),
  },
  {
    name: 'another name than its own',
    of: 'plain',
    change: (module) => withValue(module, 'name', 'other'),
  },
  { name: 'no name', of: 'plain', change: (module) => withoutKey(module, 'name') },
  claimed('srcversion=0123456789ABCDEF0123456'),
  claimed('parm=never:not there'),
  claimed('softdep=pre: no_such_module'),
  claimed('alias=pci:v*d*sv*sd*bc*sc*i*'),
  claimed('a line without a value'),
  claimed('=a value without a key'),
];
