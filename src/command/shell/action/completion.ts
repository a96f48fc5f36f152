import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { bashCompletion } from '../../render/shell/bash.ts';
import { definitionOf } from '../../render/shell/definition.ts';
import { fishCompletion } from '../../render/shell/fish.ts';
import { zshCompletion } from '../../render/shell/zsh.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export function completion(
  shell: keyof typeof SCRIPTS,
  options: CommonOptions,
  self: CommandUnknownOpts,
): void {
  const context = contextOf(options);
  const script = SCRIPTS[shell](definitionOf(self.parent ?? self));
  if (options.json) printJson(context, { shell, script });
  else context.stdout.write(script);
}
