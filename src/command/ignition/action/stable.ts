import type { ConfiguredStream } from '../../../ignition/configured/streams.ts';
import type { Context } from '../../context/context.ts';

/** What a name stands for that the stable image of a stream says; undefined for any other name. */
export async function stableValue(
  context: Context,
  configured: ConfiguredStream,
  name: string,
): Promise<string | undefined> {
  const { isStableValue, stableValues } = await import('../../../release/lock/stable-values.ts');
  if (!isStableValue(name)) return undefined;
  const stream = await configured.whole();
  const { openRegistry } = await import('../../../oci/open/open.ts');
  const registry = openRegistry(stream.publish.registry, context);
  return (await stableValues(registry.repository(stream.publish.image), stream)).get(name);
}
