import { readFiles } from '../../../workflow/files.ts';
import type { Pin } from '../../../workflow/pins/pin.ts';
import { projectPins } from '../../../workflow/pins/project.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { pinsText } from '../render/pins.ts';

/** A pin, as it is told. */
type ListedPin = Omit<Pin, 'range' | 'versionRange'>;

export async function list(options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const { pins } = await projectPins(context.cwd, readFiles);
  const listed = pins.map(({ kind, name, at, version, file, line, column }): ListedPin => {
    return { kind, name, at, ...(version && { version }), file, line, column };
  });
  if (options.json) printJson(context, { pins: listed });
  else context.stdout.write(`${pinsText(pins, context.style)}\n`);
}
