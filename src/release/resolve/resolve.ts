import type { KmodsKey } from '../../kmods/image/key.ts';
import { canonicalJson } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import type { RunContext } from '../context/run-context.ts';
import { toolVersions } from '../context/tool-versions.ts';
import { followDebian } from '../family/debian/follow.ts';
import { followImage } from '../family/rpm/follow.ts';
import { type Inputs, InputsV1, type UnkeyedInputs } from '../inputs/inputs.ts';
import { keysOf, kmodsKeysOf } from '../inputs/keys.ts';
import { digestOfFolder, overlayFolder } from '../inputs/overlay.ts';
import { compatOf } from './compat.ts';

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
  /** A forced run chooses packages anew although nothing that they are chosen for has moved. */
  request: { force?: boolean };
}

/** Resolves everything that moves, once; or takes saved inputs as they are. */
export async function resolve(
  context: RunContext,
  { replay, request }: ResolveOptions,
): Promise<Resolved> {
  const unkeyed = replay ? replayed(context, replay) : await follow(context, request.force);
  const inputs = InputsV1.parse({ ...unkeyed, keys: keysOf(unkeyed, context.stream) });
  if (replay) requireSameKeys(replay, inputs);
  return { inputs, kmodsKeys: kmodsKeysOf(inputs), compat: await compatOf(context, inputs) };
}

/** Pins what moves; what does not depend on the family is added here. */
async function follow(context: RunContext, anew?: boolean): Promise<UnkeyedInputs> {
  const { stream, config, project, env, folders } = context;
  const overlay = await overlayFolder(project, stream.image.overlay);
  const shared = {
    schema_version: 1 as const,
    stream: stream.name,
    config,
    overlay: overlay == null ? null : await digestOfFolder(overlay),
    tools: await toolVersions(env, folders.answers),
  };
  return stream.base.debian
    ? followDebian(context, shared)
    : followImage({ ...context, anew }, shared);
}

/** Saved inputs are for one configuration: another one would make something else of them. */
function replayed(context: RunContext, replay: Inputs): UnkeyedInputs {
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
  return replay;
}

function requireSameKeys(replay: Inputs, inputs: Inputs): void {
  if (canonicalJson(replay.keys) === canonicalJson(inputs.keys)) return;
  throw new LockstepError('config', 'the keys of the inputs do not follow from what they list', {
    hint: 'they were edited, made from another overlay, or by a lockstep with other recipes',
  });
}
