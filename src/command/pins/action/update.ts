import { VERSION } from '../../../system/version.ts';
import { readFiles } from '../../../workflow/files.ts';
import { projectPins, updatePins } from '../../../workflow/pins/project.ts';
import { openUpstream } from '../../../workflow/pins/upstream.ts';
import { type CommonOptions, contextOf, note, printJson } from '../../options/project.ts';
import { updatesText } from '../render/pins.ts';

interface UpdateOptions extends CommonOptions {
  major?: true;
  dryRun?: true;
}

/** A pin that was renewed. */
interface RenewedPin {
  kind: string;
  name: string;
  file: string;
  line: number;
  from: string;
  to: string;
  /** The new version, where there is one. */
  version?: string;
}

export async function update(names: string[], options: UpdateOptions): Promise<void> {
  const context = contextOf(options);
  const found = await projectPins(context.cwd, readFiles, names);
  const upstream = openUpstream(context);
  const updates = await updatePins(context.cwd, found, {
    upstream,
    major: options.major,
    program: VERSION,
    write: !options.dryRun,
  });
  const renewed = updates.map(({ pin, at, version }): RenewedPin => {
    const { kind, name, file, line, at: from } = pin;
    return { kind, name, file, line, from, to: at, ...(version && { version }) };
  });
  if (options.json) printJson(context, { renewed, written: !options.dryRun });
  else context.stdout.write(updatesText(updates, context.style));
  if (renewed.some(({ kind }) => kind === 'program') && !options.dryRun)
    note(
      context,
      'the lock file beside package.json is of npm: lockstep workflow check tells the command',
    );
}
