import type { Finding } from '../../system/finding.ts';
import { run } from '../../system/process.ts';

/** Extended attributes of a folder. */
export interface Attributes {
  /** Files, folders and links that have any. */
  count: number;
  /** What they are called: `security.capability`. */
  names: string[];
}

/**
 * Looks for extended attributes with getfattr (package attr): Node cannot ask for them. Undefined
 * where that program is not installed, or could not look.
 */
export async function attributesBelow(
  folder: string,
  options: { env?: NodeJS.ProcessEnv | undefined; signal?: AbortSignal | undefined },
): Promise<Attributes | undefined> {
  const names = new Set<string>();
  let count = 0;
  const onLine = (line: string, from: string) => {
    if (from !== 'stdout' || line === '') return;
    if (line.startsWith('# file: ')) count++;
    else names.add(line);
  };
  const { env, signal } = options;
  const args = ['-R', '-P', '-h', '-m', '-', '--absolute-names', '--', folder];
  const { status } = await run('getfattr', args, {
    onLine,
    ...(env && { env }),
    ...(signal && { signal }),
  });
  return status === 0 ? { count, names: [...names].sort() } : undefined;
}

/** What a flist does not keep of them; where nobody looked, that is said. */
export function attributesFinding(found: Attributes | undefined): Finding[] {
  if (!found) {
    const message = 'whether files have extended attributes could not be seen';
    return [{ rule: 'xattrs', severity: 'info', message, hint: 'install getfattr (package attr)' }];
  }
  const { count, names } = found;
  if (count === 0) return [];
  const message = `${count} files with extended attributes, which are not kept: ${names.join(', ')}`;
  return [{ rule: 'xattrs', severity: 'warning', message }];
}
