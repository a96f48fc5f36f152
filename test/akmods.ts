import { nameOf } from '../src/file/path.ts';
import { requireDescriptor } from '../src/oci/manifest.ts';
import type { Reader, Repository } from '../src/oci/repository.ts';
import { gzipLayer, type LayerFiles, putLayers } from '../src/oci/testing/layers.ts';
import { openImageTree } from '../src/oci/tree/tree.ts';
import {
  numbersEntry,
  RPM_REGION,
  readRpmEntries,
  textsEntry,
  writeRpmHeader,
} from '../src/package/rpm-entries.ts';
import { RPM_TAG } from '../src/package/rpm-header.ts';
import { readRpmParts } from '../src/package/rpm-parts.ts';
import { rewriteRpm } from '../src/package/rpm-rewrite.ts';

/** What kmodtool writes where it takes a kernel for a home-made one. */
const FOR_RUNNING = (kernel: string) => `[ "$(uname -r)" = "${kernel}" ] && depmod -a || :`;

/**
 * Puts the packages of a kmods image of ours into an image as akmods lays it out, without any of
 * our annotations: those of modules require no kernel, and index none in an image build.
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
    files[`rpms/kmods/x/${path}`] = isKmod ? rewriteRpm(forAny(content), { script }) : content;
  }
  const labels = { 'ostree.linux': kernel };
  await putLayers(to, [gzipLayer(files)], { labels, tag: tags.to });
}

/** The package without its requirement of a kernel; digests are left to whoever writes it anew. */
function forAny(rpm: Uint8Array): Buffer {
  const { lead, signature, header, facts, payload } = readRpmParts(rpm);
  const { requireNames, requireFlags, requireVersions } = RPM_TAG;
  const names = facts.texts(requireNames);
  const kept = <T>(values: readonly T[]) =>
    values.filter((_, at) => names[at] !== 'kernel-uname-r');
  const changed = [
    textsEntry(requireNames, kept(names)),
    numbersEntry(requireFlags, kept(facts.numbers(requireFlags))),
    textsEntry(requireVersions, kept(facts.texts(requireVersions))),
  ];
  const tags = new Set(changed.map(({ tag }) => tag));
  const others = readRpmEntries(header).filter(({ tag }) => !tags.has(tag));
  const written = writeRpmHeader(RPM_REGION.header, [...others, ...changed]);
  return Buffer.concat([lead, signature, Buffer.alloc(-signature.length & 7), written, payload]);
}
