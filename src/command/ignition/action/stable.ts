import type { Stream } from '../../../config/schema.ts';
import type { Context } from '../../context/context.ts';

/** What a name stands for that the stable image of a stream says; undefined for any other name. */
export async function stableValue(
  context: Context,
  stream: Stream,
  name: string,
): Promise<string | undefined> {
  const { isStableValue, stableValues } = await import('../../../release/lock/stable-values.ts');
  if (!isStableValue(name)) return undefined;
  const { openRegistry } = await import('../../../oci/open/open.ts');
  const registry = openRegistry(stream.publish.registry, context);
  return (await stableValues(registry.repository(stream.publish.image), stream)).get(name);
}
