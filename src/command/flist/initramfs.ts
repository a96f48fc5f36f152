import { type Command, Option } from '@commander-js/extra-typings';
import { INITRAMFS_SCHEMA_FILE } from '../../config/file.ts';
import { STAGES } from '../../release/initramfs/stage.ts';
import { flistOptions } from './options.ts';

/** The command that makes an initramfs which boots from flists. */
export function addInitramfsCommand(flist: Command): void {
  flistOptions(flist.command('initramfs'))
    .summary('make an initramfs that mounts flists when it boots')
    .option('--config <file>', 'what goes into it', 'initramfs.yaml')
    .addOption(
      new Option(
        '--from <stage>',
        'do this stage and those behind it anew; root: choose packages anew',
      ).choices(STAGES),
    )
    .option('--no-boot', 'do not boot what was made')
    .option('--schema', `write ${INITRAMFS_SCHEMA_FILE} for editors, and make nothing`)
    .addHelpText(
      'after',
      `
Stages: ${STAGES.join(', ')}. One whose inputs have not changed is not done again,
and the same inputs give the same bytes. Debian's packages are pinned by the first call; those
of today are taken with --from root.

Examples:
  $ lockstep flist initramfs
  $ lockstep flist initramfs --config boot/initramfs.yaml --from modules
  $ lockstep flist initramfs --schema`,
    )
    .action(async (options) => (await import('./action/initramfs.ts')).initramfs(options));
}
