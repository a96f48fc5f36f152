import { nameOf } from '../src/archive/path.ts';
import { requireDescriptor } from '../src/oci/manifest.ts';
import type { Reader, Repository } from '../src/oci/repository.ts';
import { gzipLayer, type LayerFiles, putLayers } from '../src/oci/testing/layers.ts';
import { openImageTree } from '../src/oci/tree.ts';
import { rewriteRpm } from '../src/package/rpm-rewrite.ts';

/** What kmodtool writes where it takes a kernel for a home-made one. */
const FOR_RUNNING = (kernel: string) => `[ "$(uname -r)" = "${kernel}" ] && depmod -a || :`;

/**
 * Puts the packages of a kmods image of ours into an image as akmods lays it out, without any of
 * our annotations, and with a script that no image build would profit by.
 */
export async function repackAsAkmods(
  from: Reader,
  to: Repository,
  { kernel, tags }: { kernel: string; tags: { from: string; to: string } },
): Promise<void> {
  const tree = await openImageTree(from, await requireDescriptor(from, tags.from));
  const paths = new Set<string>();
  for await (const { path, type } of tree.list('')) if (type === 'file') paths.add(path);
  const files: LayerFiles = {};
  for await (const { path, content } of tree.readMany(paths)) {
    const isKmod = nameOf(path).startsWith('kmod-') && !path.includes('/');
    const script = () => FOR_RUNNING(kernel);
    files[`rpms/kmods/x/${path}`] = isKmod ? rewriteRpm(content, { script }) : content;
  }
  const labels = { 'ostree.linux': kernel };
  await putLayers(to, [gzipLayer(files)], { labels, tag: tags.to });
}
