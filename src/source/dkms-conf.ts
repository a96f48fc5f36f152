/** The part of a dkms.conf that can be read without running it. */
export interface DkmsConf {
  name?: string;
  version?: string;
  kernelMin?: string;
  kernelMax?: string;
}

const ASSIGNMENT = /^([A-Z_]+)(?:\[(\d+)\])?=(.*)$/;

/**
 * Reads what a dkms.conf (dkms(8)) assigns plainly. The file is a shell script and only a shell
 * can tell what it means in full; that is left to the builder, where foreign code belongs. Here
 * nothing is run: assignments at the start of a line count, those in conditions (indented),
 * with commands or with unknown variables in them do not.
 */
export function readDkmsConf(text: string): DkmsConf {
  const values = new Map<string, string>();
  for (const [key, raw] of assignments(text)) {
    const value = literal(raw, values);
    if (value != null) values.set(key, value);
    else values.delete(key);
  }
  return {
    name: values.get('PACKAGE_NAME'),
    version: values.get('PACKAGE_VERSION'),
    kernelMin: values.get('BUILD_EXCLUSIVE_KERNEL_MIN'),
    kernelMax: values.get('BUILD_EXCLUSIVE_KERNEL_MAX'),
  };
}

/** Assignments at the start of lines; a quoted value may go on over lines. */
function assignments(text: string): [string, string][] {
  const found: [string, string][] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const match = ASSIGNMENT.exec(lines[at] ?? '');
    if (!match) continue;
    const [, name = '', index, first = ''] = match;
    let value = first;
    while (isOpen(value) && at + 1 < lines.length) value += `\n${lines[(at += 1)]}`;
    found.push([index == null || index === '0' ? name : `${name}[${index}]`, value]);
  }
  return found;
}

/** True when a quote that the value begins with is not closed yet. */
function isOpen(value: string): boolean {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return false;
  const inside = value.slice(1).replaceAll(/\\./gs, '');
  return !inside.includes(quote);
}

/** The value without quotes, known variables filled in; undefined when a shell must tell. */
function literal(raw: string, values: ReadonlyMap<string, string>): string | undefined {
  const match = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'#;&|]*))\s*(?:#.*)?$/s.exec(raw);
  if (!match) return undefined;
  const [, double, single, bare] = match;
  if (single != null) return single;
  const text = double ?? bare ?? '';
  if (/`|\$\(/.test(text)) return undefined;
  let known = true;
  const filled = text.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, plain) => {
    const value = values.get(String(braced ?? plain));
    known &&= value != null;
    return value ?? '';
  });
  return known && !/\$\{/.test(filled) ? filled : undefined;
}
