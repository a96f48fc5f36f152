import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FILE } from '../../../config/file.ts';
import { configJsonSchema } from '../../../config/json-schema.ts';
import type { FirstCi } from '../../../config/profile/ci.ts';
import { type ProfileName, profileNames } from '../../../config/profile/names.ts';
import {
  type Answers,
  profileConfig,
  questionsOf,
  usualAnswers,
} from '../../../config/profile/profile.ts';
import { WORK_FOLDER } from '../../../release/channel/folders.ts';
import { LockstepError } from '../../../system/error.ts';
import { didYouMean } from '../../../system/nearest.ts';
import { applyFiles } from '../../../workflow/files.ts';
import type { Context } from '../../context/context.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { askOnTerminal } from '../../options/terminal.ts';
import { problemWith } from './init-check.ts';
import { firstCi, nextOf, planFirst } from './init-ci.ts';

const SCHEMA_FILE = 'lockstep.schema.json';

interface InitOptions extends CommonOptions {
  profile?: ProfileName;
  set?: string[];
  schema?: true;
  ci?: FirstCi['engine'];
}

/** What was written, and what to do with it. */
interface Written {
  written: string[];
  next: string[];
}

export async function init(options: InitOptions): Promise<void> {
  const context = contextOf(options);
  const { written, next } = options.schema
    ? { written: [], next: [] }
    : await writeProject(options, context);
  const schema = join(context.cwd, SCHEMA_FILE);
  if (options.schema || !existsSync(schema)) {
    await writeFile(schema, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    written.push(schema);
  }
  if (options.json) printJson(context, { written });
  else context.stdout.write([...written.map((path) => `wrote ${path}`), ...next, ''].join('\n'));
}

/** Nothing is written before every answer is known. */
async function writeProject(options: InitOptions, context: Context): Promise<Written> {
  const path = join(context.cwd, CONFIG_FILE);
  if (existsSync(path)) {
    throw new LockstepError('usage', `${path} is there already`, {
      hint: 'edit it, or remove it first',
    });
  }
  const ci = options.ci && (await firstCi(options.ci, context));
  const { profile, answers } = options.profile
    ? await given(options.profile, { texts: options.set ?? [], ci }, context)
    : await asked(ci, context);
  const text = profileConfig(profile, answers, { schema: SCHEMA_FILE, ci });
  const files = ci ? await planFirst(text, context) : [];
  await writeFile(path, text, { flag: 'wx' });
  await applyFiles(context.cwd, files);
  const made = files.map((file) => join(context.cwd, file.path));
  const ignored = await ignoreWork(answers.registry ?? 'oci:./store', context);
  const next = ci ? nextOf(text) : ['next: lockstep check, then lockstep run'];
  return { written: [path, ...made, ...ignored], next };
}

interface Given {
  /** `NAME=ANSWER`. */
  texts: readonly string[];
  ci: FirstCi | undefined;
}

/** The answers of `--set`, each looked at like those of people. */
async function given(
  profile: ProfileName,
  { texts, ci }: Given,
  context: Context,
): Promise<{ profile: ProfileName; answers: Answers }> {
  const questions = questionsOf(profile, ci);
  const answers: Record<string, string> = {};
  for (const text of texts) {
    const [, name = text, answer = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const question = Object.hasOwn(questions, name) ? questions[name] : undefined;
    if (!question) {
      const known = Object.keys(questions);
      const near = didYouMean(name, known);
      throw new LockstepError('usage', `profile ${profile} does not ask for ${name}${near}`, {
        hint: `it asks for ${known.join(', ')}`,
      });
    }
    const all = { ...usualAnswers(profile, ci), ...answers, [name]: answer };
    const problem = await problemWith(question, name, all, context);
    if (problem) throw new LockstepError('usage', `${name}: ${answer} ${problem}`);
    answers[name] = answer;
  }
  const open = Object.keys(questions).find((name) => !(answers[name] ?? questions[name]?.usual));
  if (open == null) return { profile, answers };
  throw new LockstepError('usage', `nothing tells the ${open} that jobs publish to`, {
    hint: `name it: --set ${open}=HOST/OWNER`,
  });
}

async function asked(
  ci: FirstCi | undefined,
  context: Context,
): Promise<{ profile: ProfileName; answers: Answers }> {
  using terminal = askOnTerminal(context);
  const profile = await terminal.choose('Which profile?', profileNames);
  const answers: Record<string, string> = {};
  for (const [name, question] of Object.entries(questionsOf(profile, ci))) {
    answers[name] = await terminal.ask(question, (answer) =>
      problemWith(question, name, { ...answers, [name]: answer }, context),
    );
  }
  return { profile, answers };
}

/** What runs leave in the project belongs into no history. */
async function ignoreWork(registry: string, context: Context): Promise<string[]> {
  const path = join(context.cwd, '.gitignore');
  const text = await readFile(path, 'utf8').catch(() => '');
  const store = /^oci:(?:\.\/)?([^/.].*)$/.exec(registry)?.[1];
  const wanted = [`/${WORK_FOLDER}/`, ...(store ? [`/${store.replace(/\/+$/, '')}/`] : [])];
  const missing = wanted.filter((line) => !text.split('\n').includes(line));
  if (missing.length === 0) return [];
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  await appendFile(path, `${gap}${missing.join('\n')}\n`);
  return [path];
}
