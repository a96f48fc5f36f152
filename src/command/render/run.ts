import type { RunRecord } from '../../release/record/run-record.ts';
import type { Style } from '../text/style.ts';
import { table } from '../text/table.ts';

/** What a run came to, for people. */
export function showRun(record: RunRecord, style: Style): string {
  const { upstream, findings = [], candidate, kmods, promotion } = record;
  const modules = Object.entries(upstream?.modules ?? {}).map(
    ([name, version]) => `${name} ${version}`,
  );
  const rows = [
    [record.stream, endOf(record)],
    ...(upstream ? [['  kernel', [upstream.kernel, ...modules].join(', ')]] : []),
    ...findings.map(({ message }) => ['  odd', message]),
    // A run that changed nothing does not look into its kmods images.
    ...(kmods ?? []).flatMap(({ tag, digest, modules: built, mends = [] }) => [
      ['  kmods', `${tag}  ${digest}`],
      ...(built ? [['  modules', Object.values(built).flat().join(', ')]] : []),
      ...mends.map((mend) => ['  mended', `${mend.package}: ${mend.is}`]),
    ]),
    ...(candidate ? [['  candidate', `${candidate.tag}  ${candidate.digest}`]] : []),
    ...Object.keys(promotion?.moved ?? {}).map((tag) => ['  moved', tag]),
    ...(promotion?.audit ? [['  audit tag', promotion.audit]] : []),
    ...(record.failure ? [['  failed in', record.failure.step]] : []),
  ];
  return table(rows, style);
}

function endOf({ outcome, steps }: RunRecord): string {
  const isDone = steps.some(({ step, state }) => step !== 'resolve' && state === 'done');
  return outcome === 'unchanged' && isDone ? 'stable is this image already' : ENDS[outcome];
}

const ENDS: Record<RunRecord['outcome'], string> = {
  promoted: 'promoted',
  candidate: 'stopped at the candidate',
  unchanged: 'nothing to do',
  failed: 'failed; stable has not moved',
};
