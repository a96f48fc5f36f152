import { changeLines } from '../../../ignition/diff.ts';
import { migrate as move } from '../../../ignition/migrate.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type BuiltOptions, type PutOptions, put, told } from './io.ts';
import { jobFrom } from './job.ts';

/** `lockstep ignition migrate`: moves a document to the newest version. */
export async function migrate(
  context: Context,
  file: string,
  options: PutOptions & BuiltOptions,
): Promise<void> {
  const { json } = options;
  const job = await jobFrom(context, [file], options);
  const [source = { file, text: '' }] = job.sources;
  const moved = await move(source, job);
  const { text, findings } = moved;
  told(context, { findings, document: text }, { sources: [source], json });
  const done = moved.text == null ? undefined : moved;
  const { from, to, changes } = done ?? {};
  if (json) printJson(context, { text, from, to, changes, findings });
  if (text == null) return;
  if (!json)
    for (const line of (changes ?? []).flatMap(changeLines)) context.stderr.write(`${line}\n`);
  await put(context, text, options);
}
