import type { Stream } from '../../config/schema.ts';
import { resolvePackages } from '../../stream/debian/apt/resolve.ts';
import type { Finding } from '../../system/finding.ts';
import { lookApart } from '../context/look-apart.ts';
import { runContext, type StreamOptions } from '../context/new-run.ts';
import { preflight } from '../context/preflight.ts';
import type { RunContext } from '../context/run-context.ts';
import { chooseForImage } from '../family/rpm/choose.ts';
import { followBase } from '../family/rpm/follow.ts';
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

/**
 * What would end a run late; `packages` asks for those of the image too. Those of a base that is an
 * image its own dnf is asked for, which fetches them, and the base, when they are not here yet.
 */
export function lookAhead(
  stream: Stream,
  options: StreamOptions & { packages: boolean },
): Promise<Finding[]> {
  const ask = options.packages ? () => askForPackages(stream, options) : undefined;
  return preflight(contextFor(stream, options), ask);
}

/** Asks who has the packages of an image: its archive, or the repositories that its base knows. */
async function askForPackages(stream: Stream, options: StreamOptions): Promise<void> {
  const { debian } = stream.base;
  const packages = [...(debian?.packages ?? []), ...stream.image.packages];
  if (packages.length === 0) return;
  if (debian)
    await resolvePackages(await contextFor(stream, options).archives.base(), { packages });
  else
    await lookApart(stream, options, async (context) =>
      chooseForImage(context, await followBase(context)),
    );
}

/** Asks only what is followed, no module. */
export function surveyBase(stream: Stream, options: StreamOptions): Promise<SurveyedBase> {
  const context = contextFor(stream, options);
  return stream.base.debian ? debianBase(context) : imageBase(context);
}

function contextFor(stream: Stream, options: StreamOptions): RunContext {
  return runContext(stream, { ...options, id: runId(options.now(), 'look') });
}
