import { kmodsKeyDigest } from '../../kmods/image/key.ts';
import type { Finding } from '../../system/finding.ts';
import { isIdle, isPassed } from '../plan/step.ts';
import type { PlannedStream } from '../run/look.ts';
import type { PlanDocument, PlannedBuild, PlannedImage, StoppedStream } from './document.ts';

/** What the streams of a plan come to: what is built, composed, stopped and left alone. */
export type Work = Pick<PlanDocument, 'kmods' | 'images' | 'stopped' | 'idle'>;

/**
 * Decides which jobs a plan needs. Pure. A kmods image that several streams hold is built once, by
 * the first of them; a stream that is stopped holds no other.
 */
export function workOf(streams: readonly PlannedStream[]): Work {
  const stopped = streams.flatMap(stopOf);
  const isStopped = (name: string) => stopped.some(({ stream }) => stream === name);
  const going = streams.filter(({ stream }) => !isStopped(stream.name));
  return {
    kmods: { include: sharedBuilds(going.flatMap(buildsOf)) },
    images: { include: going.flatMap(imageOf) },
    stopped,
    idle: going.filter(({ planned }) => isIdle(planned?.steps ?? [])).map(nameOf),
  };
}

function nameOf({ stream }: PlannedStream): string {
  return stream.name;
}

function stopOf({ stream, record: { failure } }: PlannedStream): StoppedStream[] {
  if (!failure) return [];
  const { step: gate, code: rule, message, hint, findings } = failure;
  const error = findings.find(({ severity }) => severity === 'error');
  const own = { rule, severity: 'error', message, ...(hint && { hint }) } satisfies Finding;
  return [{ stream: stream.name, gate, finding: error ?? own }];
}

/** A build with the place that its image lies in. */
interface Placed extends PlannedBuild {
  place: string;
}

function buildsOf({ stream, planned }: PlannedStream): Placed[] {
  if (!planned) return [];
  const { registry, kmods } = stream.publish;
  const toDo = new Set(
    planned.steps.flatMap(({ step, action, kernel }) =>
      step === 'build' && action === 'do' ? [kernel] : [],
    ),
  );
  return planned.resolved.kmodsKeys.flatMap((key): Placed[] => {
    const { kernel, modules } = key;
    if (!toDo.has(kernel.release)) return [];
    return [
      {
        key: kmodsKeyDigest(key),
        kernel: kernel.release,
        stream: stream.name,
        modules: modules.map(({ name, version }) => `${name} ${version}`),
        for: [stream.name],
        place: `${registry}/${kmods}`,
      },
    ];
  });
}

function sharedBuilds(builds: readonly Placed[]): PlannedBuild[] {
  const shared = new Map<string, PlannedBuild>();
  for (const { place, ...build } of builds) {
    const name = `${place} ${build.key}`;
    const known = shared.get(name);
    shared.set(name, known ? { ...known, for: [...known.for, ...build.for] } : build);
  }
  return [...shared.values()];
}

function imageOf({ stream, planned }: PlannedStream): PlannedImage[] {
  if (!planned || isIdle(planned.steps)) return [];
  const toDo = planned.steps.filter(({ step, action }) => step !== 'build' && !isPassed(action));
  const [first] = toDo;
  if (!first) return [];
  return [
    {
      stream: stream.name,
      kernels: planned.resolved.inputs.base.kernels,
      steps: [...new Set(toDo.map(({ step }) => step))],
      why: first.reason,
    },
  ];
}
