import { Command } from '@commander-js/extra-typings';
import { addConfigCommands } from './config.ts';
import { addInitramfsCommand } from './initramfs.ts';
import { addMountCommands } from './mount.ts';
import { addPackCommands } from './pack.ts';
import { addPublishCommand } from './publish.ts';
import { addReadCommands } from './read.ts';

const EXAMPLES = `
A flist is a manifest (one file, an SQLite database) and blocks in stores; rfs reads and writes the
same. Options are spelled as rfs spells them.

Examples:
  $ lockstep flist pack -m modules.fl -s dir:///srv/blocks /lib/modules/6.12.44
  $ lockstep flist verify modules.fl
  $ lockstep flist mount -m modules.fl /lib/modules/6.12.44`;

const flist = new Command('flist')
  .summary('pack, check and mount folders as flists')
  .description('Packs folders into flists, looks into them, checks and mounts them.')
  .addHelpText('after', EXAMPLES);
addPackCommands(flist);
addConfigCommands(flist);
addReadCommands(flist);
addMountCommands(flist);
addPublishCommand(flist);
addInitramfsCommand(flist);

export const command = flist;
