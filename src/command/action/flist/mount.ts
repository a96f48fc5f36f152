import { resolve } from 'node:path';
import { mountFlist } from '../../../flist/mount/mount.ts';
import { type CommonOptions, contextOf, printJson } from '../../options.ts';
import { connectionOf, fileOf } from './context.ts';
import { startDaemon } from './daemon.ts';
import { loadOrTell } from './load.ts';

export interface MountOptions extends CommonOptions {
  meta: string;
  cache: string;
  cacheLimit: number;
  daemon?: true;
  log?: string;
}

export async function mount(target: string, options: MountOptions): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, options.meta, options.json);
  if (!loaded) return;
  const place = resolve(context.cwd, target);
  if (options.daemon) await startDaemon(context, place, options);
  else {
    const mounted = await mountFlist(loaded, place, {
      ...connectionOf({ ...context, signal: new AbortController().signal }),
      cache: fileOf(context, options.cache),
      cacheLimit: options.cacheLimit << 20,
      onFault: (message) => context.stderr.write(`${message}\n`),
    });
    context.signal.addEventListener('abort', () => void mounted.unmount());
    process.send?.('mounted');
    await mounted.done;
  }
  if (options.json) printJson(context, { manifest: options.meta, target: place });
}
