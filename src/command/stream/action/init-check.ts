import type { Answers } from '../../../config/profile/profile.ts';
import type { Question } from '../../../config/profile/question.ts';
import { foldersOf } from '../../../release/channel/folders.ts';
import { openArchive } from '../../../stream/debian/apt/archive.ts';
import { findBinary } from '../../../stream/debian/binary-package.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { note } from '../../options/project.ts';

/** Components that the profiles take packages from. */
const COMPONENTS = ['main', 'contrib'];

/** What is wrong with an answer, first by itself and then in the world; undefined when nothing is. */
export async function problemWith(
  question: Question,
  name: string,
  answers: Answers,
  context: Context,
): Promise<string | undefined> {
  const shaped = question.shape.safeParse(answers[name]);
  if (shaped.error) return shaped.error.issues.map(({ message }) => message).join(', ');
  const inArchive = { suite: undefined, kernel: answers.kernel, package: answers.package };
  if (!Object.hasOwn(inArchive, name)) return undefined;
  try {
    await look(answers.suite ?? '', inArchive[name as keyof typeof inArchive], context);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    if (error.code === 'not-found') return `is not there: ${error.message}`;
    // Whoever has no archive at hand may still write a configuration.
    note(context, `  could not be looked up: ${error.message.split('\n')[0]}`);
  }
  return undefined;
}

/** Throws `not-found` for a suite, or a package of it, that the archive does not have. */
async function look(
  suite: string,
  name: string | undefined,
  { env, signal, cwd }: Context,
): Promise<void> {
  const folder = foldersOf(cwd).apt;
  const request = { suites: [suite], components: COMPONENTS };
  const archive = await openArchive(request, { folder, env, signal, withSources: true });
  if (name != null) await findBinary(archive, name);
}
