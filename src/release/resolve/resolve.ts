import type { KmodsKey } from '../../kmods/image/key.ts';
import { canonicalJson, type Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import type { RunContext } from '../context/run-context.ts';
import { askedOnce } from '../context/shared.ts';
import { toolVersions } from '../context/tool-versions.ts';
import { type Inputs, InputsV1, type UnkeyedInputs } from '../inputs/inputs.ts';
import { keysOf, kmodsKeysOf } from '../inputs/keys.ts';
import { digestOfFolder, overlayFolder } from '../inputs/overlay.ts';
import { compatOf } from './compat.ts';
import { followHosts } from './hosts.ts';

/** What following came to: the inputs, the keys by which results are found, and whether they fit. */
export interface Resolved {
  inputs: Inputs;
  /** Of each kernel, in their order. */
  kmodsKeys: KmodsKey[];
  compat: Finding[];
}

export interface ResolveOptions {
  /** Use exactly these inputs. */
  replay?: Inputs;
  /** The same of a plan that several machines carry out: what it asked is not asked again. */
  planned?: PlannedInputs;
  /** A forced run chooses packages anew although nothing that they are chosen for has moved. */
  request: { force?: boolean };
}

/** Inputs with what the compat gate has said of them. */
export type PlannedInputs = Pick<Resolved, 'inputs' | 'compat'>;

/** Resolves everything that moves, once; or takes saved inputs as they are. */
export async function resolve(
  context: RunContext,
  { replay, planned, request }: ResolveOptions,
): Promise<Resolved> {
  const saved = planned?.inputs ?? replay;
  const unkeyed = saved ? await replayed(context, saved) : await follow(context, request.force);
  const inputs = InputsV1.parse({ ...unkeyed, keys: keysOf(unkeyed, context.stream) });
  if (saved) requireSameKeys(saved, inputs);
  const compat = planned?.compat ?? (await compatOf(context, inputs));
  return { inputs, kmodsKeys: kmodsKeysOf(inputs), compat };
}

/** Pins what moves; what does not depend on the family is added here. */
async function follow(context: RunContext, anew?: boolean): Promise<UnkeyedInputs> {
  const { stream, config, env, folders } = context;
  const hosts = await followHosts(context);
  const overlay = await overlayOf(context);
  // It takes longest: who needs it below waits for it then, and hears what went wrong.
  if (stream.base.debian) context.archives.base().catch(() => undefined);
  const shared = {
    schema_version: 1 as const,
    stream: stream.name,
    config,
    ...(hosts && { hosts }),
    overlay,
    tools: await askedOnce(context, 'tools', () => toolVersions(env, folders.answers)),
  };
  // Of the two families the other one is not loaded.
  if (stream.base.debian)
    return (await import('../family/debian/follow.ts')).followDebian(context, shared);
  return (await import('../family/rpm/follow.ts')).followImage({ ...context, anew }, shared);
}

/** Digest of the folder that is laid over the image; null without one. */
function overlayOf(context: RunContext): Promise<Digest | null> {
  const { overlay } = context.stream.image;
  return askedOnce(context, ['overlay', overlay], async () => {
    const folder = await overlayFolder(context.project, overlay);
    return folder == null ? null : digestOfFolder(folder);
  });
}

/** Saved inputs are for one configuration: another one would make something else of them. */
async function replayed(context: RunContext, replay: Inputs): Promise<UnkeyedInputs> {
  if (replay.config !== context.config) {
    throw new LockstepError(
      'config',
      `the inputs are of another configuration of ${replay.stream}`,
      {
        context: { expected: context.config, found: replay.config },
        hint: 'replay them with the configuration of their run',
      },
    );
  }
  const overlay = await overlayOf(context);
  if (overlay !== replay.image.overlay) {
    throw new LockstepError('config', `the inputs are of another overlay of ${replay.stream}`, {
      context: { expected: String(replay.image.overlay), found: String(overlay) },
      hint: 'replay them with the files of their run',
    });
  }
  return replay;
}

function requireSameKeys(replay: Inputs, inputs: Inputs): void {
  if (canonicalJson(replay.keys) === canonicalJson(inputs.keys)) return;
  throw new LockstepError('config', 'the keys of the inputs do not follow from what they list', {
    hint: 'they were edited, or made by a lockstep with other recipes',
  });
}
