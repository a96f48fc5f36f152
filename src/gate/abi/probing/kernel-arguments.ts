import { type FileTree, readIfThere } from '../../../file/tree.ts';
import { unifiedText } from '../../../kernel/image/unified.ts';
import { readUnifiedImage } from '../../../oci/evidence/unified.ts';
import { type ConfigFile, childrenOf } from '../kernel/config-folders.ts';
import type { KernelFiles } from '../kernel/files.ts';

/** How the arguments are found in each kind of file; its lines and lists come out as one text. */
const FOLDERS: readonly { folder: string; ending: string; read: (text: string) => string }[] = [
  { folder: 'usr/lib/bootc/kargs.d', ending: '.toml', read: argumentsInToml },
  { folder: 'boot/loader/entries', ending: '.conf', read: argumentsInEntry },
  { folder: 'etc/default/grub.d', ending: '.cfg', read: argumentsInGrub },
];

/**
 * The arguments that an image gives its kernel, with the file that each text comes from: bootc's
 * `kargs.d`, kernel-install's `cmdline`, GRUB's defaults, boot loader entries (UAPI.1), and the
 * `.cmdline` of a unified kernel image that is the only one.
 */
export async function readKernelArguments(
  tree: FileTree,
  files: KernelFiles,
): Promise<ConfigFile[]> {
  const found: ConfigFile[] = [];
  for (const { folder, ending, read } of FOLDERS) {
    for (const path of await childrenOf(tree, folder)) {
      const text = path.endsWith(ending) ? await textAt(tree, path) : undefined;
      if (text != null) found.push({ path, text: read(text) });
    }
  }
  const grub = await textAt(tree, 'etc/default/grub');
  if (grub != null) found.push({ path: 'etc/default/grub', text: argumentsInGrub(grub) });
  for (const path of ['etc/kernel/cmdline', 'usr/lib/kernel/cmdline']) {
    const text = await textAt(tree, path);
    if (text == null) continue;
    found.push({ path, text: text.replace(/^#.*$/gm, '') });
    break;
  }
  return [...found, ...(await unifiedArguments(tree, files))];
}

async function unifiedArguments(tree: FileTree, files: KernelFiles): Promise<ConfigFile[]> {
  if (files.others.has('vmlinuz')) return [];
  const image = await readUnifiedImage(tree, files);
  const text = image && unifiedText(image, '.cmdline');
  return text ? [{ path: `${files.folder} (unified kernel image)`, text }] : [];
}

/** `kargs = ["a", 'b=c']`, the one list of such a file beside `match-architectures`. */
function argumentsInToml(text: string): string {
  const [, list = ''] = /^\s*kargs\s*=\s*\[([^\]]*)\]/m.exec(text) ?? [];
  const strings = list.replace(/#.*$/gm, '').matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g);
  return [...strings].map(([, basic, literal]) => basic ?? literal ?? '').join(' ');
}

function argumentsInEntry(text: string): string {
  return [...text.matchAll(/^options[ \t]+(.*)$/gm)].map(([, value]) => value).join(' ');
}

function argumentsInGrub(text: string): string {
  const lines = text.matchAll(/^\s*GRUB_CMDLINE_LINUX(?:_DEFAULT)?=(["']?)(.*)\1\s*$/gm);
  return [...lines].map(([, , value]) => value).join(' ');
}

async function textAt(tree: FileTree, path: string): Promise<string | undefined> {
  const content = await readIfThere(tree, path);
  return content && Buffer.from(content).toString('utf8');
}
