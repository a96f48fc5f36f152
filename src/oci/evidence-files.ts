import { nameOf, parentOf } from '../archive/path.ts';
import type { Finding } from '../system/finding.ts';
import type { KernelEvidence } from './evidence-kernel.ts';
import type { ImageTree } from './tree.ts';
import type { OpenImage } from './tree-image.ts';

const MODULES = 'usr/lib/modules';
/** What the kernel's own package puts there; `depmod` makes the other `modules.*` for anything. */
const KERNEL_FILES = new Set(['vmlinuz', 'modules.builtin', 'kernel']);
const KERNEL_PACKAGE = /^kernel(?:-core)?-(\d+\.\d+.*)\.rpm$/;
const COMPONENTS = ['org.chunkah.component', 'ostree.components'];
const KERNEL_COMPONENT = /(?:^|[\s,"])(?:rpm\/)?kernel(?:-core)?(?:$|[\s,"])/;

/**
 * The kernels whose modules are in a tree, and kernel packages that lie in it as files. Folders
 * of modules without a kernel of their own are reported.
 */
export async function directoryEvidence(
  tree: ImageTree,
): Promise<{ evidence: KernelEvidence[]; findings: Finding[] }> {
  const evidence: KernelEvidence[] = [];
  const findings: Finding[] = [];
  const folder = tree.entry(MODULES, true) ? MODULES : 'lib/modules';
  const root = tree.entry(folder, true)?.path;
  const known = new Map<string, boolean>();
  for await (const { path, type } of root === undefined ? [] : tree.list(root)) {
    const parent = parentOf(path);
    if (parent === root && type === 'directory') known.set(nameOf(path), false);
    if (parentOf(parent) === root && KERNEL_FILES.has(nameOf(path)))
      known.set(nameOf(parent), true);
  }
  for (const [kernel, whole] of known) {
    if (whole)
      evidence.push({ source: 'directory', where: `${root}/${kernel}`, kernel, trust: 'seen' });
    else findings.push(leftover(`${root}/${kernel}`));
  }
  return { evidence: [...evidence, ...(await packageEvidence(tree))], findings };
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
