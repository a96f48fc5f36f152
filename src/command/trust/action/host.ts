import { resolve } from 'node:path';
import { openDirectoryTree } from '../../../file/directory-tree.ts';
import type { FileTree } from '../../../file/tree.ts';
import { openImageTree } from '../../../oci/tree/tree.ts';
import { LockstepError } from '../../../system/error.ts';
import {
  type Host,
  type Place,
  POLICY_FILE,
  REGISTRIES_FOLDER,
  readHost,
} from '../../../trust/simulate/host.ts';
import type { Context } from '../../context/context.ts';
import { openImageOf, platformOf } from '../../options/open-image.ts';
import type { TrustOptions } from '../../options/trust.ts';

/** What says which host judges. */
export interface HostOptions {
  policy?: string;
  registriesD?: string;
  root?: string;
  image?: string;
  platform: string;
}

/** Reads the host that the options name; this machine where they name none. */
export async function readChosenHost(
  options: HostOptions & TrustOptions,
  context: Context,
): Promise<Host> {
  const files = await filesOf(options, context);
  const isHere = options.root == null && options.image == null;
  const home = isHere ? context.env.HOME : undefined;
  const machine = openDirectoryTree('/');
  const given = (path: string): Place[] => [{ tree: machine, path: resolve(context.cwd, path) }];
  const usual = (path: string): Place[] => [
    ...(home ? [{ tree: machine, path: `${home}/.config${path.slice('/etc'.length)}` }] : []),
    { tree: files, path },
  ];
  const { policy, registriesD } = options;
  return readHost(files, {
    policies: policy == null ? usual(POLICY_FILE) : given(policy),
    registries: registriesD == null ? usual(REGISTRIES_FOLDER) : given(registriesD),
  });
}

async function filesOf(options: HostOptions & TrustOptions, context: Context): Promise<FileTree> {
  const { root, image } = options;
  if (root != null && image != null)
    throw new LockstepError('usage', '--root and --image both name the host: give one of them');
  if (image == null) return openDirectoryTree(root == null ? '/' : resolve(context.cwd, root));
  const { reader, version } = openImageOf(image, context, options);
  const keep = (path: string) => path.startsWith('etc/');
  return openImageTree(reader, version, { platform: platformOf(options), contents: 'toc', keep });
}
