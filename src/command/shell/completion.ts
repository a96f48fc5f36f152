import { Argument, Command } from '@commander-js/extra-typings';
import { commonOptions } from '../options/project.ts';

const EXAMPLES = `
The script knows every command, option and choice; folders and files are completed too. It is made
anew with each version of lockstep, so let the start of the shell call it, or write it where the
shell looks for it.

Examples:
  $ source <(lockstep completion bash)
  $ lockstep completion bash > ~/.local/share/bash-completion/completions/lockstep
  $ lockstep completion zsh > ~/.zfunc/_lockstep       # with fpath+=(~/.zfunc) before compinit
  $ lockstep completion fish > ~/.config/fish/completions/lockstep.fish`;

/** Shells that commands can be completed in. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export const command = commonOptions(new Command('completion'))
  .summary('print what completes commands and options in a shell')
  .description('Prints a script that completes commands and options in a shell.')
  .addArgument(new Argument('<shell>', 'which shell').choices(shells))
  .addHelpText('after', EXAMPLES)
  .action(async (shell, options, self) =>
    (await import('./action/completion.ts')).completion(shell, options, self),
  );
