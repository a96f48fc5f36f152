import {
  applySettings,
  readSettings,
  wantedSettings,
} from '../../../workflow/settings/settings.ts';
import { type ProjectOptions, printJson } from '../../options/project.ts';
import { settingsText } from '../render/settings.ts';
import { projectEngine } from './engine.ts';

interface SetupOptions extends ProjectOptions {
  yes?: true;
}

/** A setting, as it is told. */
interface ToldSetting {
  name: string;
  now: string;
  wanted: string;
  state: 'good' | 'change' | 'told' | 'changed';
  hint?: string;
}

export async function setup(options: SetupOptions): Promise<void> {
  const { context, config, client } = await projectEngine(options);
  const found = await readSettings(client, wantedSettings(config));
  if (options.yes) await applySettings(client, found);
  const settings = found.map(({ name, now, wanted, state, hint }): ToldSetting => {
    const became = options.yes && state === 'change' ? 'changed' : state;
    return { name, now, wanted, state: became, ...(hint && { hint }) };
  });
  if (options.json) printJson(context, { repository: client.place.page, settings });
  else context.stdout.write(settingsText(settings, context.style));
  if (settings.some(({ state }) => state === 'change' || state === 'told')) process.exitCode = 1;
}
