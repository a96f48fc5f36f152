import { join } from 'node:path';
import type { PackOptions } from '../../flist/pack/pack.ts';
import { requireReadOnly } from '../../flist/store/read-only.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import { verifyFlist } from '../../flist/verify.ts';
import type { KernelFiles } from '../../gate/abi/kernel/files.ts';
import type { GateName } from '../../gate/verdict.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { type Finding, passes } from '../../system/finding.ts';
import { GateFailure } from '../record/journal.ts';
import { checkModules } from './check.ts';
import type { FirmwareFolder } from './firmware.ts';
import type { BuildFiles } from './kernel-release.ts';
import { type FlistContent, flistNames } from './names.ts';
import type { FlistPlaces } from './places.ts';
import { type FlistSource, folderSource } from './source.ts';

/** What flists are made of. */
export interface FlistRequest {
  source: FlistSource;
  kernel: KernelFiles;
  firmware?: FirmwareFolder & { tag: string; source: FlistSource };
  build?: BuildFiles;
}

export interface MakeOptions extends StoreConnection {
  places: FlistPlaces;
  /** Folder that the manifests are written into. */
  folder: string;
  signal?: AbortSignal;
  onProgress?: PackOptions['onProgress'];
}

/** A flist whose blocks are stored and were read back through its routes. */
export interface MadeFlist {
  content: FlistContent;
  /** Its manifest, `NAME.fl`. */
  file: string;
  digest: Digest;
  stored: number;
  reused: number;
  /** What each gate found; all of them passed. */
  gates: Map<GateName, Finding[]>;
}

/**
 * Packs modules and firmware, and proves both: modules before they are packed, blocks through the
 * routes after it. Throws `GateFailure` when the answer is no; manifests appear when it is yes.
 */
export async function makeFlists(
  request: FlistRequest,
  options: MakeOptions,
): Promise<MadeFlist[]> {
  const { source, kernel, firmware, build } = request;
  const abi = await checkModules(source.tree, kernel, {
    ...(build && { build }),
    ...(firmware && { firmware }),
    ...(options.signal && { signal: options.signal }),
  });
  if (!passes(abi)) throw new GateFailure('abi', abi);
  await requireReadOnly(options.places.routes, options);
  const content = { kind: 'modules', kernel: kernel.release } as const;
  const modules = await makeOne({ source, path: kernel.folder, content }, options);
  modules.gates.set('abi', abi);
  if (!firmware) return [modules];
  const { tag, path } = firmware;
  const packed = { source: firmware.source, path, content: { kind: 'firmware', tag } as const };
  return [await makeOne(packed, options), modules];
}

async function makeOne(
  { source, path, content }: { source: FlistSource; path: string; content: FlistContent },
  options: MakeOptions,
): Promise<MadeFlist> {
  const { places, folder, onProgress } = options;
  const file = join(folder, `${flistNames(content).own}.fl`);
  const packed = await source.pack(
    path,
    { manifest: file, stores: places.stores },
    { ...options, routes: places.routes, ...(onProgress && { onProgress }) },
  );
  const { verdict, digest, findings } = await verifyFlist(file, options);
  if (verdict === 'unknown') throw unreachable(findings);
  if (verdict === 'fail') throw new GateFailure('contents', findings);
  const { stored, reused } = packed;
  return {
    content,
    file,
    digest,
    stored,
    reused,
    gates: new Map([['contents', [...packed.findings, ...findings]]]),
  };
}

function unreachable(findings: readonly Finding[]): LockstepError {
  return new LockstepError(
    'network',
    `what was stored cannot be read back: ${findings[0]?.message}`,
    {
      hint: 'the blocks stay where they are; call again, and only what is missing is sent',
    },
  );
}

/** Firmware of the folder that a tree keeps it in, undefined when there is none. */
export async function firmwareOfTree(source: FlistSource): Promise<FirmwareFolder | undefined> {
  for (const path of ['usr/lib/firmware', 'lib/firmware'])
    for await (const _ of source.tree.list(path)) return { tree: source.tree, path };
  return undefined;
}

/** Firmware that lies in a folder of its own. */
export function firmwareOfFolder(root: string): FirmwareFolder & { source: FlistSource } {
  const source = folderSource(root);
  return { tree: source.tree, path: '.', source };
}
