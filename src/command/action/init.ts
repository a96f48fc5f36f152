import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { CONFIG_FILE } from '../../config/file.ts';
import { type Profile, type ProfileName, profileConfig } from '../../config/profile.ts';
import { LockstepError } from '../../system/error.ts';
import type { Context } from '../context.ts';
import { type CommonOptions, contextOf, printJson } from '../options.ts';

interface InitOptions extends CommonOptions {
  profile?: ProfileName;
}

export async function init(options: InitOptions): Promise<void> {
  const context = contextOf(options);
  const path = join(context.cwd, CONFIG_FILE);
  if (existsSync(path)) {
    throw new LockstepError('usage', `${path} is there already`, {
      hint: 'edit it, or remove it first',
    });
  }
  const answers = options.profile ? {} : await ask(context);
  await writeFile(path, profileConfig(options.profile ?? 'debian', answers), { flag: 'wx' });
  if (options.json) printJson(context, { path });
  else context.stdout.write(`wrote ${path}\nnext: lockstep plan, then lockstep run\n`);
}

async function ask(context: Context): Promise<Partial<Profile>> {
  if (!context.stderr.isTTY || !process.stdin.isTTY) {
    throw new LockstepError('usage', 'there is no terminal to ask on', {
      hint: 'name a profile: lockstep init --profile debian',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const question = async (text: string, usual: string) =>
    (await terminal.question(`${text} [${usual}] `)).trim() || usual;
  try {
    return {
      suite: await question('Debian suite to follow?', 'bookworm'),
      kernel: await question('Kernel package?', 'linux-image-cloud-amd64'),
      registry: await question('Where to publish (host/owner or oci:DIR)?', 'oci:./store'),
      image: await question('Name of the image?', 'debian-zfs'),
    };
  } finally {
    terminal.close();
  }
}
