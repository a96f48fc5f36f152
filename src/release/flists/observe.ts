import type { Descriptor } from '../../oci/descriptor.ts';
import { LockstepError } from '../../system/error.ts';
import type { RunContext } from '../context/run-context.ts';
import { isHandedOut } from './followed.ts';
import { flistTag } from './names.ts';
import { flistsOf } from './of-image.ts';
import { flistsOfStream } from './of-stream.ts';

/** How the flists of a stream stand. */
export interface ObservedFlists {
  /** Tags that do not point to the flists of the candidate. */
  behind: readonly string[];
  /** Whether machines fetch what hosts follow; undefined where that is not known, or not asked for. */
  handedOut?: boolean;
}

/** Looks at the flists of a candidate and at what machines fetch; undefined for a stream without. */
export async function observeFlists(
  context: RunContext,
  candidate: Descriptor | undefined,
): Promise<ObservedFlists | undefined> {
  const { flists } = context.ends;
  if (!flists) return undefined;
  const own = candidate ? await flistsOf(context.ends.image, candidate.digest) : [];
  const behind: string[] = [];
  for (const { content, digest } of own) {
    const tag = flistTag(content);
    if ((await flists.resolve(tag))?.digest !== digest) behind.push(tag);
  }
  const handedOut = await handedOutBy(context);
  return { behind, ...(handedOut != null && { handedOut }) };
}

/** Whoever only plans need not have the keys of the store. */
async function handedOutBy(context: RunContext): Promise<boolean | undefined> {
  const { ends, stream, emit } = context;
  try {
    const options = await flistsOfStream(stream, context);
    return options && ends.flists && (await isHandedOut(ends.flists, options));
  } catch (error) {
    if (!(error instanceof LockstepError) || error.code !== 'config') throw error;
    emit({ type: 'note', message: `the store of the flists was not looked at: ${error.message}` });
    return undefined;
  }
}
