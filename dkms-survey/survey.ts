import { join } from 'node:path';
import { classifyFailure } from '../src/container/failure.ts';
import { buildScript } from '../src/source/build-script.ts';
import type { ArchivedSource } from '../src/source/module-source.ts';
import { digestOf, digestOfJson } from '../src/system/digest.ts';
import { remembered } from '../src/system/remember.ts';
import type { Kernel } from '../truth/kernels/kernel.ts';
import { type Attempt, buildWithDkms, buildWithLockstep, modulesOf } from './attempt.ts';
import type { Builder } from './builder.ts';
import { JUDGE_VERSION, type Judgement, judge } from './judge.ts';

/** One row of the table. */
export interface Row {
  package: string;
  version: string;
  lockstep: Attempt & { kind?: string; shown?: string[] };
  dkms: Attempt;
  /** Of modules that both, or lockstep alone, built. */
  judgement?: Judgement;
}

export interface SurveyPlace {
  builder: Builder;
  kernel: Kernel;
  cache: string;
  env: NodeJS.ProcessEnv;
}

/** Grows when answers that were kept would come out otherwise. */
const SURVEY_VERSION = 2;

/**
 * Builds one package by both ways and loads what lockstep built. Each of the three answers is kept
 * by all that it depends on, so that a survey goes on where it was interrupted, and a change of the
 * recipe builds anew what it changes, and no more.
 */
export async function survey(place: SurveyPlace, source: ArchivedSource): Promise<Row> {
  const { builder, kernel, cache } = place;
  const kept = join(cache, 'answers');
  const files = source.files.map(({ sha256 }) => sha256);
  const common = { files, builder: builder.digest, release: kernel.release, SURVEY_VERSION };
  const request = {
    builder,
    sources: [source],
    kernelRelease: kernel.release,
    pool: join(cache, 'pool'),
  };
  const script = buildScript(source, { kernelRelease: kernel.release, jobs: 2 });
  const dkms = await remembered(kept, { ...common, way: 'dkms' }, () =>
    buildWithDkms({ ...request, folder: join(cache, 'jobs', `${source.name}-dkms`) }),
  );
  const key = { ...common, way: 'lockstep', script: digestOf(script) };
  const folder = join(cache, 'jobs', digestOfJson(key).slice(7, 23));
  const lockstep = await remembered(kept, key, () => buildWithLockstep({ ...request, folder }));
  const { package: name, version } = source;
  const row: Row = { package: name, version, dkms, lockstep: { ...lockstep, ...told(lockstep) } };
  if (lockstep.outcome !== 'built' || lockstep.modules.length === 0) return row;
  const judgement = await remembered(kept, { ...key, judged: JUDGE_VERSION }, async () =>
    judge(kernel, await modulesOf(folder, lockstep.modules), { folder, env: place.env }),
  );
  return { ...row, judgement };
}

function told({ outcome, log }: Attempt): Pick<Row['lockstep'], 'kind' | 'shown'> {
  if (outcome === 'built') return {};
  const { kind, lines } = classifyFailure(log, 1);
  return { kind, shown: lines };
}
