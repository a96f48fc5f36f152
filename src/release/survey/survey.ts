import type { Stream } from '../../config/schema.ts';
import type { Finding } from '../../system/finding.ts';
import { runContext, type StreamOptions } from '../context/new-run.ts';
import { preflight } from '../context/preflight.ts';
import type { RunContext } from '../context/run-context.ts';
import { runId } from '../record/run-name.ts';
import type { Survey, SurveyedBase } from './answer.ts';
import { debianBase, surveyDebian } from './debian.ts';
import { imageBase, surveyImage } from './image.ts';

/** Looks at everything that upstream offers a stream. Fetches sources at most, builds nothing. */
export function survey(stream: Stream, options: StreamOptions): Promise<Survey> {
  const context = contextFor(stream, options);
  return stream.base.debian ? surveyDebian(context) : surveyImage(context, { releases: true });
}

/** The same without the releases that are not followed: what the compat gate needs. */
export function checkStream(stream: Stream, options: StreamOptions): Promise<Survey> {
  const context = contextFor(stream, options);
  return stream.base.debian ? surveyDebian(context) : surveyImage(context, { releases: false });
}

/** What would end a run late; `packages` asks the archive for those of the image too. */
export function lookAhead(
  stream: Stream,
  options: StreamOptions & { packages: boolean },
): Promise<Finding[]> {
  return preflight(contextFor(stream, options), options);
}

/** Asks only what is followed, no module. */
export function surveyBase(stream: Stream, options: StreamOptions): Promise<SurveyedBase> {
  const context = contextFor(stream, options);
  return stream.base.debian ? debianBase(context) : imageBase(context);
}

function contextFor(stream: Stream, options: StreamOptions): RunContext {
  return runContext(stream, { ...options, id: runId(options.now(), 'look') });
}
