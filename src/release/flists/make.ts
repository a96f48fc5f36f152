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
  /** Each gets a flist of its modules. */
  kernels: readonly KernelFiles[];
  firmware?: FirmwareFolder & { tag: string; source: FlistSource };
  build?: BuildFiles;
  /** What the gate abi found in the source, which it took; without it the gate runs. */
  abi?: readonly Finding[];
}

export interface MakeOptions extends StoreConnection {
  places: FlistPlaces;
  /** Folder that the manifests are written into. */
  folder: string;
  signal?: AbortSignal;
  onProgress?: PackOptions['onProgress'];
  /** As `packFolder` takes it; images keep the times of their layers. */
  time?: number;
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
  const { source, kernels, firmware } = request;
  const checked: [KernelFiles, Finding[]][] = [];
  for (const kernel of kernels) {
    const abi = await checkModules(source.tree, kernel, { ...request, ...options });
    if (!passes(abi)) throw new GateFailure('abi', abi);
    checked.push([kernel, abi]);
  }
  await requireReadOnly(options.places.routes, options);
  const made: MadeFlist[] = [];
  if (firmware) {
    const { tag, path } = firmware;
    const content = { kind: 'firmware', tag } as const;
    made.push(await makeOne({ source: firmware.source, path, content }, options));
  }
  for (const [{ release, folder: path }, abi] of checked) {
    const content = { kind: 'modules', kernel: release } as const;
    const modules = await makeOne({ source, path, content }, options);
    modules.gates.set('abi', abi);
    made.push(modules);
  }
  return made;
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

/** A folder with firmware that can be packed. */
export type PackedFirmware = FirmwareFolder & { source: FlistSource };

/**
 * The firmware that goes with modules: of a folder of this machine, of the folder that the source
 * keeps it in, or none for `false` and where there is none.
 */
export async function firmwareFor(
  source: FlistSource,
  folder: string | false | undefined,
): Promise<PackedFirmware | undefined> {
  if (folder === false) return undefined;
  if (folder == null) return firmwareOfTree(source);
  const own = folderSource(folder);
  return { tree: own.tree, path: '.', source: own };
}

async function firmwareOfTree(source: FlistSource): Promise<PackedFirmware | undefined> {
  for (const path of ['usr/lib/firmware', 'lib/firmware'])
    for await (const _ of source.tree.list(path)) return { tree: source.tree, path, source };
  return undefined;
}
