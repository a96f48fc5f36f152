import * as z from 'zod/mini';
import { type Ci, Program } from '../ci-schema.ts';
import { type Question, Registry } from './question.ts';

/** What is known of the CI that a first configuration is written for. */
export interface FirstCi {
  engine: Ci['engine'];
  /** Where its repository would publish; empty where that is not known. */
  registry: string;
}

/** A folder of the project is gone with the job. */
const OfJobs = Registry.check(
  z.regex(
    /^(?!oci:(?!\/))/,
    'is gone with the job: it must be HOST/OWNER, or oci:/FOLDER of a runner of your own',
  ),
);

/** What jobs need to know beside a profile's own questions. */
export function ciQuestions({ registry }: FirstCi): Record<string, Question> {
  const program = 'How do jobs come by lockstep (npm, or a command that runners have)?';
  return {
    registry: { text: 'Where to publish (HOST/OWNER)?', usual: registry, shape: OfJobs },
    program: { text: program, usual: 'npm', shape: Program },
  };
}

/** The key `ci` of a first configuration: what is usual is written where people change it first. */
export function ciOf({ engine }: FirstCi, answers: Readonly<Record<string, string>>): object {
  return { engine, program: answers.program, schedule: '0 6 * * *' };
}
