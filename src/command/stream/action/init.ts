import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FILE } from '../../../config/file.ts';
import { configJsonSchema } from '../../../config/json-schema.ts';
import { type Answers, profileConfig, profileOf, usualAnswers } from '../../../config/profile.ts';
import { type ProfileName, profileNames } from '../../../config/profile-names.ts';
import { WORK_FOLDER } from '../../../release/channel/folders.ts';
import { LockstepError } from '../../../system/error.ts';
import { didYouMean } from '../../../system/nearest.ts';
import type { Context } from '../../context/context.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { askOnTerminal } from '../../options/terminal.ts';
import { problemWith } from './init-check.ts';

const SCHEMA_FILE = 'lockstep.schema.json';

interface InitOptions extends CommonOptions {
  profile?: ProfileName;
  set?: string[];
  schema?: true;
}

export async function init(options: InitOptions): Promise<void> {
  const context = contextOf(options);
  const written = options.schema ? [] : await writeProject(options, context);
  const schema = join(context.cwd, SCHEMA_FILE);
  if (options.schema || !existsSync(schema)) {
    await writeFile(schema, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    written.push(schema);
  }
  const next = options.schema ? [] : ['next: lockstep check, then lockstep run'];
  if (options.json) printJson(context, { written });
  else context.stdout.write([...written.map((path) => `wrote ${path}`), ...next, ''].join('\n'));
}

/** Nothing is written before every answer is known. */
async function writeProject(options: InitOptions, context: Context): Promise<string[]> {
  const path = join(context.cwd, CONFIG_FILE);
  if (existsSync(path)) {
    throw new LockstepError('usage', `${path} is there already`, {
      hint: 'edit it, or remove it first',
    });
  }
  const { profile, answers } = options.profile
    ? {
        profile: options.profile,
        answers: await given(options.profile, options.set ?? [], context),
      }
    : await asked(context);
  await writeFile(path, profileConfig(profile, answers, SCHEMA_FILE), { flag: 'wx' });
  const { registry = 'oci:./store' } = answers;
  return [path, ...(await ignoreWork(registry, context))];
}

/** The answers of `--set`, each looked at like those of people. */
async function given(
  profile: ProfileName,
  texts: readonly string[],
  context: Context,
): Promise<Answers> {
  const { questions } = profileOf(profile);
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
    const all = { ...usualAnswers(profile), ...answers, [name]: answer };
    const problem = await problemWith(question, name, all, context);
    if (problem) throw new LockstepError('usage', `${name}: ${answer} ${problem}`);
    answers[name] = answer;
  }
  return answers;
}

async function asked(context: Context): Promise<{ profile: ProfileName; answers: Answers }> {
  using terminal = askOnTerminal(context);
  const profile = await terminal.choose('Which profile?', profileNames);
  const answers: Record<string, string> = {};
  for (const [name, question] of Object.entries(profileOf(profile).questions)) {
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
