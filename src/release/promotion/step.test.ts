import { describe, expect, it } from 'vitest';
import type { GateName } from '../../gate/verdict.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import type { Registry } from '../../oci/repository.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { silent } from '../../system/event.ts';
import { type Seals, sealsBy } from '../../trust/dsse/seals.ts';
import { aSigner } from '../../trust/testing/keys.ts';
import { MAIN } from '../channel/channel.ts';
import { runContext } from '../context/new-run.ts';
import type { Trust } from '../context/trust.ts';
import { recordVerdict } from '../record/verdicts.ts';
import { aDebianInputs, aStream } from '../testing/inputs.ts';
import { afterRecovery } from './promote.ts';
import { planRollback } from './rollback.ts';
import { promote } from './step.ts';

const stream = aStream();
const inputs = aDebianInputs();
const gates = new Map<GateName, string>([['boot', 'load']]);
const now = () => new Date('2026-11-20T08:00:00Z');
const OLDER = '20261120t070000z-aaaa';
const NEWER = '20261120t073000z-bbbb';
const NEWEST = '20261120t080000z-cccc';

interface By {
  trust?: Trust;
  /** Who signs the verdict, when it is not the run itself. */
  seals?: Seals | undefined;
}

/** Promotes an image that has passed, in the name of a run. */
async function promoteBy(registry: Registry, id: string, by: By = {}): Promise<string> {
  const context = runContext(stream, {
    id,
    registry,
    channel: MAIN,
    project: '/nowhere',
    ...by,
    env: {},
    now,
    emit: silent,
    signal: new AbortController().signal,
  });
  const layer = gzipLayer({ 'etc/run': id });
  const candidate = await putLayers(context.ends.image, [layer], { tag: `candidate-${id}` });
  await recordVerdict(context.ends.image, candidate, {
    gate: 'boot',
    result: 'pass',
    terms: 'load',
    time: now().toISOString(),
    findings: [],
    subject: candidate.digest,
    seals: 'seals' in by ? by.seals : by.trust?.verdicts,
  });
  // An audit tag names the key of what it promotes.
  const own = { ...inputs, keys: { ...inputs.keys, image: candidate.digest } };
  await promote(context, registry, { inputs: own, kmods: [], candidate, gates });
  return candidate.digest;
}

function aTrust(): Trust {
  const signer = aSigner();
  const seals = sealsBy([signer.publicKey], signer);
  const signers = { keys: [signer.publicKey], identities: [] };
  return { signer, signers, verdicts: seals, records: seals };
}

const latest = async (registry: Registry) =>
  (await registry.repository(stream.publish.image).resolve('latest'))?.digest;

describe(promote, () => {
  it('never takes stable back behind a run that was planned later and has promoted', async () => {
    const registry = memoryRegistry();
    const newer = await promoteBy(registry, NEWER);

    await expect(promoteBy(registry, OLDER)).rejects.toMatchObject({
      code: 'gate-failed',
      message: expect.stringContaining(`is of the newer run ${NEWER}`),
    });

    expect(await latest(registry)).toBe(newer);
    const tags = await registry.repository(stream.publish.image).tags();
    expect(tags.filter((tag) => tag.startsWith(`stable-${OLDER}`))).toEqual([]);
  });

  it('goes on from an earlier run, and from a rollback whenever it was', async () => {
    const registry = memoryRegistry();
    const older = await promoteBy(registry, OLDER);
    expect(await promoteBy(registry, NEWER)).toBe(await latest(registry));
    const { image, stable } = stream.publish;
    const request = { id: '20261120t090000z-dddd', repository: image, stable };
    await afterRecovery([image], () => planRollback(registry, request, now()), {
      registry,
      now,
      mayPromote: async () => [],
    });
    expect(await latest(registry)).toBe(older);

    expect(await promoteBy(registry, NEWEST)).toBe(await latest(registry));
  });

  it.each([
    ['unsigned', undefined, /gate boot .*: one is there, but it is not signed/],
    ['signed by another key', aTrust().verdicts, /gate boot .*: one is signed, by nobody whose/],
  ])('moves nothing on a verdict that is %s', async (_, seals, message) => {
    const registry = memoryRegistry();
    const trust = aTrust();

    await expect(promoteBy(registry, OLDER, { trust, seals })).rejects.toMatchObject({
      code: 'gate-failed',
      message: expect.stringMatching(message),
    });
    expect(await registry.repository(stream.publish.image).tags()).toEqual([`candidate-${OLDER}`]);

    await promoteBy(registry, NEWER, { trust });
    expect(await latest(registry)).toBeDefined();
  });
});
