import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadManifest } from '../../../flist/manifest/load.ts';
import { flistPublicKey } from '../../../flist/manifest/signature.ts';
import { requireSigned } from '../../../flist/manifest/signed.ts';
import { mountFlist } from '../../../flist/mount/mount.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { contextWith, printJson } from '../../options/project.ts';
import { connectionOf, fileOf } from '../shared/context.ts';
import { type MountOptions, startDaemon } from '../shared/daemon.ts';
import { refusedOr } from '../shared/load.ts';

export async function mount(target: string, options: MountOptions): Promise<void> {
  const context = contextWith(options, new AbortController().signal);
  const { meta: file, json } = options;
  const loaded = await refusedOr(context, { file, json }, async () => {
    if (options.key != null)
      await requireSigned(fileOf(context, file), await keyAt(context, options.key));
    return loadManifest(fileOf(context, file));
  });
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

async function keyAt(context: Context, file: string): Promise<KeyObject> {
  const text = await readFile(fileOf(context, file), 'utf8').catch((cause: Error) => {
    throw new LockstepError('usage', `cannot read ${file}: ${cause.message}`, { cause });
  });
  return flistPublicKey(text);
}
