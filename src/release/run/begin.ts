import type { Stream } from '../../config/schema.ts';
import type { Folders } from '../channel/folders.ts';
import { runContext, type StreamOptions } from '../context/new-run.ts';
import { startJournal } from '../record/journal.ts';
import { type Resolved, type ResolveOptions, resolve } from '../resolve/resolve.ts';
import type { UnderWay } from './record.ts';

export interface BeginOptions extends StreamOptions, Pick<ResolveOptions, 'replay'> {
  /** Name of the run. */
  id: string;
  folders: Folders;
}

/** A run that has not done anything yet; what is seen on the way is noted in it. */
export function beginRun(stream: Stream, options: BeginOptions): UnderWay {
  const run: UnderWay = {
    context: runContext(stream, {
      ...options,
      onBase: (base) => (run.seen = base),
      onFinding: (finding) => run.findings.push(finding),
    }),
    findings: [],
    journal: startJournal(stream.name, options.emit),
    started: options.now().toISOString(),
    replay: options.replay != null,
  };
  return run;
}

/** The first step: what moves becomes inputs, or those that are given are taken. */
export async function resolveFor(run: UnderWay, options: ResolveOptions): Promise<Resolved> {
  const { context, journal } = run;
  const resolved = await journal.do('resolve', async () => {
    const value = await resolve(context, options);
    return { value, message: describe(value) };
  });
  run.resolved = resolved;
  return resolved;
}

function describe({ inputs }: Resolved): string {
  const modules = inputs.modules.map(({ name, version }) => `${name} ${version}`);
  return [...inputs.base.kernels.map((kernel) => `Linux ${kernel}`), ...modules].join(', ');
}
