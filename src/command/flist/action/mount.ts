import { resolve } from 'node:path';
import { mountFlist } from '../../../flist/mount/mount.ts';
import { contextWith, printJson } from '../../options/project.ts';
import { connectionOf, fileOf } from '../shared/context.ts';
import { type MountOptions, startDaemon } from '../shared/daemon.ts';
import { loadOrTell } from '../shared/load.ts';

export async function mount(target: string, options: MountOptions): Promise<void> {
  const context = contextWith(options, new AbortController().signal);
  const loaded = await loadOrTell(context, options.meta, options.json);
  if (!loaded) return;
  const place = resolve(context.cwd, target);
  if (options.daemon) await startDaemon(context, place, options);
  else {
    const mounted = await mountFlist(loaded, place, {
      ...connectionOf(context),
      cache: fileOf(context, options.cache),
      cacheLimit: options.cacheLimit * 2 ** 20,
      onFault: (message) => context.stderr.write(`${message}\n`),
    });
    // A server that serves a mount ends when it is unmounted: that is what a signal asks for.
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => void mounted.unmount());
    process.send?.('mounted');
    await mounted.done;
  }
  if (options.json) printJson(context, { manifest: options.meta, target: place });
}
