import { parseReference, versionOf } from '../../../oci/reference.ts';
import { mapConcurrently } from '../../../system/concurrency.ts';
import { Once } from '../../../system/once.ts';
import { simulate as simulateOne } from '../../../trust/simulate/simulate.ts';
import type { Context } from '../../context/context.ts';
import { platformOf } from '../../options/open-image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import type { TrustOptions } from '../../options/trust.ts';
import { simulatedText } from '../render/simulated.ts';
import { type HostOptions, readChosenHost } from './host.ts';
import { repositories } from './repositories.ts';
import { subjectOf } from './subject.ts';

interface SimulateOptions extends TrustOptions, HostOptions {
  platform: string;
  as?: string;
  requireSigned?: true;
}

/** How many images are looked at together. */
const TOGETHER = 8;

export async function simulate(
  references: readonly string[],
  options: SimulateOptions,
): Promise<void> {
  const context = contextOf(options);
  const results = await simulateAll(references, options, context);
  if (options.json) printJson(context, results.length === 1 && results[0] ? results[0] : results);
  else context.stdout.write(simulatedText(results, context.style));
  if (results.some(({ accepted }) => !accepted)) process.exitCode = 1;
}

async function simulateAll(
  references: readonly string[],
  options: SimulateOptions,
  context: Context,
) {
  const { as, requireSigned = false } = options;
  const images = references.map((reference) => {
    const parsed = parseReference(reference);
    return { reference, version: versionOf(parsed), subject: subjectOf(parsed, as, context.cwd) };
  });
  const host = await readChosenHost(options, context);
  const open = repositories(context, options);
  const shared = {
    host,
    platform: platformOf(options),
    now: context.now(),
    requireSigned,
    materials: new Map(),
    signatures: new Once(),
  };
  return mapConcurrently(images, TOGETHER, async ({ reference, version, subject }) => ({
    reference,
    ...(await simulateOne(open(reference), version, { ...shared, subject })),
  }));
}
