import { resolve } from 'node:path';
import { unmount } from '../../../flist/mount/mount.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';

export async function umount(target: string, options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const place = resolve(context.cwd, target);
  await unmount(place);
  if (options.json) printJson(context, { target: place });
}
