import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../../config/load.ts';
import { chooseStream } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { flistRepository } from '../../../release/channel/channel.ts';
import { openTrust } from '../../../release/context/trust.ts';
import { handOutOf } from '../../../release/flists/of-stream.ts';
import { keeperOf } from '../../../release/promotion/by-hand.ts';
import { afterRecovery } from '../../../release/promotion/promote.ts';
import { planRollback } from '../../../release/promotion/rollback.ts';
import { hostSignatures } from '../../../release/promotion/signatures.ts';
import { runId } from '../../../release/record/run-name.ts';
import { presentStable } from '../../../release/record/stable-tags.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { showPlan, showPromotion } from '../../render/promotion.ts';

interface RollbackOptions extends ProjectOptions {
  stream?: string;
  dryRun?: true;
}

export async function rollback(audit: string | undefined, options: RollbackOptions): Promise<void> {
  const context = contextOf(options);
  const { env, cwd, now, signal } = context;
  const { streams } = await loadConfig(cwd, options.config);
  const stream = chooseStream(streams, options.stream);
  // Not ended by Ctrl-C: what moves together must not be torn apart.
  const registry = openRegistry(stream.publish.registry, { env, cwd });
  const repository = stream.publish.image;
  const repositories = [
    repository,
    stream.publish.kmods,
    ...(stream.flists ? [flistRepository(stream)] : []),
  ];
  const stable = await presentStable(registry.repository(repository), stream.publish.stable);
  const id = runId(now(), randomBytes(2).toString('hex'));
  const around = { env, project: cwd, signal, now };
  const trust = await openTrust(stream, around);
  const seals = trust?.records;
  const planIt = () => planRollback(registry, { id, repository, stable, audit, seals }, now());
  const keys = { anyTerms: true, seals: trust?.verdicts };
  const mayPromote = await keeperOf(stream, registry, { ...around, ...keys });
  const signatures = await hostSignatures(stream, { registry, trust, now });
  const result = options.dryRun
    ? { plan: await planIt(), recovered: [] }
    : await afterRecovery(repositories, planIt, {
        registry,
        mayPromote,
        signatures,
        seals,
        now,
        signal,
      });
  if (!options.dryRun) await handOutOf(stream, registry, around);
  if (options.json) printJson(context, result);
  else if (options.dryRun) context.stdout.write(`${showPlan(result.plan, context.style)}\n`);
  else context.stdout.write(`${showPromotion(result, context.style)}\n`);
}
