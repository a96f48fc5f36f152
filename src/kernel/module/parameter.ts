/** How a kernel takes one option of a module. */
export type ParameterVerdict = 'taken' | 'unknown' | 'refused';

/** The parameters of a module: name to type, `undefined` where it tells none. */
export type Parameters = ReadonlyMap<string, string | undefined>;

const CHARP_LIMIT = 1024;
/** Bits of each type, signed ones below zero (kernel/params.c). */
const NUMBERS: Readonly<Record<string, number>> = {
  byte: 8,
  short: -16,
  ushort: 16,
  int: -32,
  uint: 32,
  hexint: 32,
  long: -64,
  ulong: 64,
  ullong: 64,
};
const BOOLEANS = ['bool', 'bool_enable_only', 'invbool', 'bint'];
/** Types that mean something without a value. */
const WITHOUT_VALUE = ['bool', 'bool_enable_only', 'bint'];

/** What `.modinfo` tells of the parameters of a module: `parmtype`, and `parm` of those without. */
export function readParameters(modinfo: readonly (readonly [string, string])[]): Parameters {
  const found = new Map<string, string | undefined>();
  for (const [key, value] of modinfo) {
    if (key !== 'parm' && key !== 'parmtype') continue;
    const colon = value.indexOf(':');
    const name = value.slice(0, colon < 0 ? undefined : colon).replaceAll('-', '_');
    if (key === 'parmtype') found.set(name, value.slice(colon + 1));
    else if (!found.has(name)) found.set(name, undefined);
  }
  return found;
}

/**
 * What a kernel does with an option, `NAME` or `NAME=VALUE` (`parse_args`, kernel/params.c): an
 * unknown one is passed over, one that its type refuses keeps the module out. Types that a module
 * makes for itself, and lengths of arrays and strings, cannot be told from outside.
 */
export function judgeOption(option: string, parameters: Parameters): ParameterVerdict {
  const bare = option.replace(/^"(.*?)"?$/, '$1');
  const equals = bare.indexOf('=');
  const name = (equals < 0 ? bare : bare.slice(0, equals)).replaceAll('-', '_');
  const value = equals < 0 ? undefined : bare.slice(equals + 1).replace(/^"(.*?)"?$/, '$1');
  if (isForAll(name)) return 'taken';
  if (!parameters.has(name)) return 'unknown';
  const type = parameters.get(name);
  return type == null || takes(type, value) ? 'taken' : 'refused';
}

/** What every module has (`unknown_module_param_cb`). */
function isForAll(name: string): boolean {
  return name === 'async_probe' || name === 'dyndbg';
}

function takes(type: string, value: string | undefined): boolean {
  const of = /^array of (.*)$/.exec(type)?.[1];
  const known = of ?? type;
  if (value == null) return isOwnType(known) || (of == null && WITHOUT_VALUE.includes(known));
  if (of != null) return value.split(',').every((each) => takes(of, each));
  if (BOOLEANS.includes(type)) return /^(?:[yntfed01]|o[nf])/i.test(value);
  if (type === 'charp') return value.length <= CHARP_LIMIT;
  const bits = NUMBERS[type];
  return bits == null || isInteger(value, bits);
}

function isOwnType(type: string): boolean {
  return !(type in NUMBERS || BOOLEANS.includes(type) || type === 'charp' || type === 'string');
}

/** `kstrtoull` and `kstrtoll` with base 0 (lib/kstrtox.c). */
function isInteger(text: string, bits: number): boolean {
  const [, sign, digits] = /^([+-]?)(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)\n?$/i.exec(text) ?? [];
  if (digits == null || (sign === '-' && bits > 0)) return false;
  const magnitude = BigInt(digits.replace(/^0(?=[0-7])/, '0o'));
  const number = sign === '-' ? -magnitude : magnitude;
  const size = BigInt(Math.abs(bits));
  const [least, most] = bits < 0 ? [-(1n << (size - 1n)), 1n << (size - 1n)] : [0n, 1n << size];
  return number >= least && number < most;
}
