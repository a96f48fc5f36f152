import { changeLines } from '../../../ignition/diff.ts';
import { migrate as move } from '../../../ignition/migrate.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { buildOptions, type PutOptions, put, readInput, told } from './io.ts';

/** `lockstep ignition migrate`: moves a document to the newest version. */
export async function migrate(context: Context, file: string, options: PutOptions): Promise<void> {
  const { json, filesDir } = options;
  const source = await readInput(context, file);
  const moved = await move(source, buildOptions(context, filesDir));
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
