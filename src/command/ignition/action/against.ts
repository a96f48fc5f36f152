import { againstImage, isReadAgainst } from '../../../ignition/against.ts';
import type { IgnitionDocument } from '../../../ignition/build.ts';
import type { IgnitionFinding } from '../../../ignition/finding.ts';
import type { BuildJob } from '../../../ignition/job.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { openImageTree } from '../../../oci/tree/tree.ts';
import { presentStable } from '../../../release/record/stable-tags.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { openImageOf } from '../../options/open-image.ts';

/** Holds a document against an image, or against what is stable of its stream. */
export async function holdAgainst(
  context: Context,
  image: string,
  { document, job }: { document: IgnitionDocument; job: BuildJob },
): Promise<IgnitionFinding[]> {
  const { reader, version } =
    image === 'stable' ? await stableOf(context, job) : openImageOf(image, context, {});
  const tree = await openImageTree(reader, version, { contents: 'toc', keep: isReadAgainst });
  return againstImage(document, { tree, file: job.sources[0]?.file ?? '-' });
}

async function stableOf(context: Context, job: BuildJob) {
  const stream = await job.stream?.whole();
  if (!stream)
    throw new LockstepError('usage', '--against stable needs a configuration with a stream');
  const registry = openRegistry(stream.publish.registry, context);
  const reader = registry.repository(stream.publish.image);
  const [version] = await presentStable(reader, stream.publish.stable);
  if (version != null) return { reader, version };
  throw new LockstepError('not-found', `nothing is stable in ${reader.name} yet`);
}
