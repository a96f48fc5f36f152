import { nameOf, parentOf } from '../../file/path.ts';
import type { ModulesFolder } from '../../kernel/image/installed.ts';
import type { Finding } from '../../system/finding.ts';
import type { OpenImage } from '../tree/image.ts';
import type { ImageTree } from '../tree/tree.ts';
import { installedIn, releaseOfLink } from './installed.ts';
import type { KernelEvidence } from './kernel.ts';

const MODULES = 'usr/lib/modules';
const KERNEL_PACKAGE = /^kernel(?:-core)?-(\d+\.\d+.*)\.rpm$/;
const COMPONENTS = ['org.chunkah.component', 'ostree.components'];
const KERNEL_COMPONENT = /(?:^|[\s,"])(?:rpm\/)?kernel(?:-core)?(?:$|[\s,"])/;

/**
 * The kernels whose modules are in a tree, and kernel packages that lie in it as files. Folders
 * of modules without a kernel of their own are reported, unless a kernel has links to them.
 */
export async function directoryEvidence(
  tree: ImageTree,
): Promise<{ evidence: KernelEvidence[]; findings: Finding[] }> {
  const folder = tree.entry(MODULES, true) ? MODULES : 'lib/modules';
  const root = tree.entry(folder, true)?.path;
  const { folders, linked } = await foldersIn(tree, root);
  const installed = await installedIn(tree, folders);
  const evidence = [...installed].map(
    (kernel): KernelEvidence => ({
      source: 'directory',
      where: `${root}/${kernel}`,
      kernel,
      trust: 'seen',
    }),
  );
  const left = folders.filter(({ release }) => !installed.has(release) && !linked.has(release));
  return {
    evidence: [...evidence, ...(await packageEvidence(tree))],
    findings: left.map(({ release }) => leftover(`${root}/${release}`)),
  };
}

/** Folders of modules, and the releases into whose folders links of another one lead. */
async function foldersIn(
  tree: ImageTree,
  root: string | undefined,
): Promise<{ folders: ModulesFolder[]; linked: Set<string> }> {
  const folders = new Map<string, Set<string>>();
  const linked = new Set<string>();
  for await (const entry of root === undefined ? [] : tree.list(root)) {
    const { path, type } = entry;
    const parent = parentOf(path);
    if (parent === root && type === 'directory') folders.set(nameOf(path), new Set());
    if (parentOf(parent) === root) folders.get(nameOf(parent))?.add(nameOf(path));
    const release = nameOf(path) === 'build' ? undefined : releaseOfLink(entry);
    if (release && !path.startsWith(`${root}/${release}/`)) linked.add(release);
  }
  const listed = [...folders].map(([release, names]) => ({ release, names }));
  return { folders: listed, linked };
}

/** Kernel packages in `/kernel-rpms`, where akmods images keep them. */
async function packageEvidence(tree: ImageTree): Promise<KernelEvidence[]> {
  const found = new Map<string, KernelEvidence>();
  for await (const { path } of tree.list('kernel-rpms')) {
    const kernel = KERNEL_PACKAGE.exec(nameOf(path))?.[1];
    if (kernel) found.set(kernel, { source: 'package', where: path, kernel, trust: 'seen' });
  }
  return [...found.values()];
}

/**
 * Numbers of the layers that say of themselves that the kernel is in them: chunkah and rpm-ostree
 * annotate layers with the packages that they hold, and chunkah repeats it in the history.
 */
export function kernelLayers(image: OpenImage): number[] {
  const { layers } = image.document.manifest;
  const history = image.config.history.filter(({ empty }) => !empty);
  const texts = layers.map(({ annotations }, index) => {
    const comment = history.length === layers.length ? history[index]?.comment : undefined;
    return [...COMPONENTS.map((name) => annotations?.[name]), comment].join(' ');
  });
  return texts.flatMap((text, index) => (KERNEL_COMPONENT.test(text) ? [index] : []));
}

function leftover(path: string): Finding {
  return {
    rule: 'modules-without-kernel',
    severity: 'warning',
    message: `${path} holds modules but no kernel`,
    where: { file: path },
    hint: 'a package for another kernel left them; nothing loads them',
  };
}
