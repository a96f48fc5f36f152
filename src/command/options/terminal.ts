import { createInterface } from 'node:readline/promises';
import type { Question } from '../../config/profile/question.ts';
import { LockstepError } from '../../system/error.ts';
import { didYouMean } from '../../system/nearest.ts';
import type { Context } from '../context/context.ts';

/** Asks people questions, on standard error, until the answers are good. */
interface Terminal extends Disposable {
  choose<T extends string>(text: string, choices: readonly T[]): Promise<T>;
  ask(
    question: Pick<Question, 'text' | 'usual'>,
    problemWith: (answer: string) => Promise<string | undefined>,
  ): Promise<string>;
}

/** Opens the terminal; throws `usage` without one. Ctrl-C and the end of input throw `interrupted`. */
export function askOnTerminal(context: Context): Terminal {
  if (!context.stderr.isTTY || !process.stdin.isTTY) {
    throw new LockstepError('usage', 'there is no terminal to ask on', {
      hint: 'name a profile: lockstep init --profile debian',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new Promise<never>((_, reject) => {
    const stop = () =>
      reject(new LockstepError('interrupted', 'interrupted, and nothing was written'));
    lines.once('SIGINT', stop).once('close', stop);
  });
  stopped.catch(() => undefined);
  const ask: Terminal['ask'] = async ({ text, usual }, problemWith) => {
    for (;;) {
      const said = await Promise.race([
        lines.question(`${text} ${usual ? `[${usual}] ` : ''}`),
        stopped,
      ]);
      const answer = said.trim() || usual;
      const problem = await Promise.race([problemWith(answer), stopped]);
      if (problem == null) return answer;
      context.stderr.write(`  ${answer} ${problem}\n`);
    }
  };
  return {
    ask,
    choose: async (text, choices) => {
      const known = (answer: string) => choices.find((choice) => choice === answer);
      const usual = choices[0] ?? '';
      const answer = await ask({ text: `${text} (${choices.join(', ')})`, usual }, (answer) =>
        Promise.resolve(
          known(answer) ? undefined : `is none of them${didYouMean(answer, choices)}`,
        ),
      );
      return known(answer) as (typeof choices)[number];
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
