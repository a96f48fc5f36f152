import { describe, expect, it } from 'vitest';
import type { GateName } from '../gate/verdict.ts';
import { memoryRegistry } from '../oci/memory.ts';
import type { Registry } from '../oci/repository.ts';
import { putImage } from '../oci/testing/image.ts';
import { MAIN } from '../release/channel/channel.ts';
import { runContext } from '../release/context/new-run.ts';
import { inputsDigest } from '../release/inputs/inputs.ts';
import { parseDispatch } from '../release/jobs/dispatch.ts';
import { workOf } from '../release/jobs/matrix.ts';
import { storeInputs } from '../release/kept/inputs.ts';
import { parseLock } from '../release/lock/document.ts';
import { storedInputs } from '../release/lock/find.ts';
import { formatLock } from '../release/lock/format.ts';
import { type Observed, plan } from '../release/plan/plan.ts';
import { promote } from '../release/promotion/step.ts';
import { type RunRecord, storeRecord } from '../release/record/run-record.ts';
import { recordVerdict } from '../release/record/verdicts.ts';
import { aDebianInputs, aStream } from '../release/testing/inputs.ts';
import { digestOf } from '../system/digest.ts';
import { silent } from '../system/event.ts';

const RUN = '20261120t080000z-1a2b';
const CANDIDATE = digestOf('candidate');
const GATES = new Map<GateName, string>([['boot', 'zfs']]);
const inputs = aDebianInputs();
const [kernel = ''] = inputs.base.kernels;

const FRESH: Observed = {
  compat: [],
  kmods: [{ kernel, differences: [] }],
  candidate: { digest: CANDIDATE },
  verdicts: new Map(),
  stable: { latest: CANDIDATE },
};

/** What becomes of the build, by what the registry has. */
function built(kmods: Observed['kmods'][number], force = false): string | undefined {
  const steps = plan({ ...FRESH, candidate: undefined, kmods: [kmods] }, { gates: GATES, force });
  return steps.find(({ step }) => step === 'build')?.action;
}

/** Promotes a candidate to tags, with the verdict of its boot. */
async function promoted(
  registry: Registry,
  stable: string[],
  boot: 'pass' | 'fail' = 'pass',
): Promise<void> {
  const { publish } = aStream();
  const context = runContext(aStream({ publish: { ...publish, stable } }), {
    id: RUN,
    registry,
    channel: MAIN,
    project: '/nowhere',
    env: {},
    now: () => new Date('2026-11-20T08:00:00Z'),
    emit: silent,
    signal: new AbortController().signal,
  });
  const { image, kmods } = context.ends;
  const candidate = await putImage(image, { tag: 'candidate' });
  const built = await putImage(kmods, { seed: 'kmods', tag: 'key' });
  const time = '2026-11-20T08:00:00Z';
  const said = { gate: 'boot' as const, result: boot, terms: 'zfs', time, findings: [] };
  await recordVerdict(image, candidate, { ...said, subject: candidate.digest });
  const promotable = { inputs, kmods: [{ kernel, descriptor: built }], candidate, gates: GATES };
  await promote(context, registry, promotable);
}

const tagsOf = (registry: Registry, name: string) => registry.repository(name).tags();

describe('what runs of the seeds do', () => {
  it('W12 W13: kmods are built for exactly one kernel, when missing, stale or forced', () => {
    expect(built({ kernel, differences: [] })).toBe('reuse');
    expect(built({ kernel })).toBe('do');
    expect(built({ kernel, differences: ['zfs 2.4.3, was 2.4.2'] })).toBe('do');
    expect(built({ kernel, differences: [] }, true)).toBe('do');
  });

  it('W14: a kernel that is too new stops its stream in the first job', () => {
    const finding = { rule: 'kernel-too-new', severity: 'error', message: 'too new' } as const;
    const steps = plan({ ...FRESH, kmods: [{ kernel }], compat: [finding] }, { gates: GATES });
    const failure = { step: 'compat', code: 'gate-failed', message: 'no', findings: [finding] };
    const record = { steps: [], failure } as unknown as RunRecord;

    expect(steps.map(({ action }) => action)).not.toContain('do');
    expect(workOf([{ stream: aStream(), record }])).toEqual({
      kmods: { include: [] },
      images: { include: [] },
      stopped: [{ stream: 'debian-acpi', gate: 'compat', finding }],
      idle: [],
    });
  });

  it('W17: promotion moves latest, names the run, and takes the kmods along', async () => {
    const registry = memoryRegistry();
    await promoted(registry, ['latest', 'main-{os_version}']);

    const audit = expect.stringMatching(new RegExp(`^stable-${RUN}-[0-9a-f]{7}$`)) as string;
    const image = await tagsOf(registry, 'debian-acpi');
    expect(image).toEqual(expect.arrayContaining(['latest', 'main-12', audit]));
    const kmods = await tagsOf(registry, 'kmods-acpi');
    expect(kmods).toEqual(expect.arrayContaining([`main-12-${kernel}`, audit]));
  });

  it('W18: one tag stable, where that is what hosts follow', async () => {
    const registry = memoryRegistry();
    await promoted(registry, ['stable']);

    const image = await tagsOf(registry, 'debian-acpi');
    expect(image).toContain('stable');
    expect(image).not.toContain('latest');
  });

  it('W35: the lock file is written from the run that is named', async () => {
    const repository = memoryRegistry().repository('image');
    await storeInputs(repository, inputs);
    const time = '2026-11-20T08:00:00Z';
    const run = { id: RUN, started: time, finished: time, outcome: 'promoted' } as const;
    const found = { stream: 'debian-acpi', inputs: inputsDigest(inputs), steps: [] };
    await storeRecord(repository, { schema_version: 1, ...run, ...found });

    const synced = await storedInputs(repository, aStream(), RUN);

    const text = formatLock(new Map([['debian-acpi', synced]]));
    expect(parseLock(text, 'lockstep.lock.json').get('debian-acpi')).toEqual(inputs);
  });

  it('W36: an emergency build makes everything again, of the streams that are named', () => {
    const asked = parseDispatch('{"force_rebuild":true,"streams":"nas"}', 'by hand');

    expect(asked).toMatchObject({ force_rebuild: true, streams: ['nas'], promote_to_stable: true });
    const steps = plan(FRESH, { gates: GATES, force: true });
    expect(steps.filter(({ action }) => action === 'do').map(({ step }) => step)).toEqual([
      'build',
      'compose',
      'boot',
      'promote',
    ]);
  });

  it('W37: nothing is promoted whose boot has not passed', async () => {
    const registry = memoryRegistry();

    await expect(promoted(registry, ['latest'], 'fail')).rejects.toMatchObject({
      code: 'gate-failed',
    });
    expect(await tagsOf(registry, 'debian-acpi')).not.toContain('latest');
  });
});
