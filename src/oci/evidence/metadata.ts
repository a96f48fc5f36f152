import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { imagesOf, type OpenImage, openImage } from '../tree/image.ts';
import type { KernelEvidence } from './kernel.ts';

/** What one platform of an index says. */
export interface PlatformEvidence {
  /** `linux/arm64`. */
  platform: string;
  kernels: string[];
}

const RELEASE = /^\d+\.\d+[\w.+~^-]*$/;
/** `<kernel>-<date>`: the version label of akmods images. */
const DATED = /^(\d+\.\d+\.\d+-\S+\.(?:x86_64|aarch64))-\d{8}$/;
/** `<flavour>-<release of Fedora>-<kernel without architecture>`: the version of akmods indexes. */
const FLAVOURED = /^[a-z][\w.-]*-\d{1,3}-(\d+\.\d+\.\d+-\d[\w.+~^]*)$/;
const RECHUNK = 'dev.hhd.rechunk.info';
const VERSION = 'org.opencontainers.image.version';
/** Names of kernel packages, in the order in which they decide. */
export const KERNEL_PACKAGES = ['kernel-core', 'kernel', 'kernel-longterm-core', 'kernel-longterm'];

/** Images of an index that are looked at. */
const MOST_PLATFORMS = 32;
const MACHINES: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64' };

/** What manifest, index and config say of the kernel. */
export function metadataEvidence(image: OpenImage): KernelEvidence[] {
  const { config, document, index } = image;
  return [
    ...namedEvidence(document.manifest.annotations, 'annotation'),
    ...namedEvidence(index?.manifest.annotations, 'index'),
    ...namedEvidence(config.labels, 'label'),
    ...rechunkEvidence(config.labels[RECHUNK], config.architecture),
  ];
}

/** What the other images of the same index say, each by its config; absent ones are left out. */
export async function otherPlatforms(
  reader: Reader,
  image: OpenImage,
): Promise<PlatformEvidence[]> {
  const found: PlatformEvidence[] = [];
  if (!image.index) return found;
  for (const member of imagesOf(image.index.manifest).slice(0, MOST_PLATFORMS)) {
    if (member.digest === image.document.descriptor.digest) continue;
    const other = await openIfThere(reader, member);
    if (!other) continue;
    const { os = 'linux', architecture = 'unknown' } = member.platform ?? other.config;
    const kernels = metadataEvidence(other).map(({ kernel }) => kernel);
    found.push({ platform: `${os}/${architecture}`, kernels: [...new Set(kernels)] });
  }
  return found;
}

/** Copies of an index often lack the images of other platforms. */
async function openIfThere(reader: Reader, member: Descriptor): Promise<OpenImage | undefined> {
  try {
    return await openImage(reader, member);
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** The name of an architecture in kernel releases of the RPM family: `x86_64` for `amd64`. */
export function machineOf(architecture: string | undefined): string {
  return MACHINES[architecture ?? ''] ?? architecture ?? '';
}

function namedEvidence(
  values: Record<string, string> | undefined,
  source: 'annotation' | 'index' | 'label',
): KernelEvidence[] {
  const found: KernelEvidence[] = [];
  for (const [where, value] of Object.entries(values ?? {})) {
    const kernel = kernelIn(where, value.trim());
    const trust = where === 'ostree.linux' && source === 'label' ? 'inherited' : 'stated';
    if (kernel && RELEASE.test(kernel)) found.push({ source, where, kernel, trust });
  }
  return found;
}

/** Unset values reach us as `<no value>` or empty, which no release looks like. */
function kernelIn(name: string, value: string): string | undefined {
  if (name === VERSION) return (DATED.exec(value) ?? FLAVOURED.exec(value))?.[1];
  if (name === 'ostree.linux' || name === 'dev.lockstep.kernel') return value;
  return /[.]kernel[.-]version$/.test(name) ? value : undefined;
}

const rechunk = z.object({ packages: z.record(z.string(), z.string()) });

/** The packages that rechunk wrote down, which a derived image takes over from its base. */
function rechunkEvidence(text: string | undefined, architecture?: string): KernelEvidence[] {
  const packages = rechunk.safeParse(parseJson(text)).data?.packages ?? {};
  const name = KERNEL_PACKAGES.find((each) => packages[each] !== undefined);
  const version = name && packages[name];
  if (!version || !RELEASE.test(version)) return [];
  const kernel = `${version}.${machineOf(architecture ?? 'amd64')}`;
  return [{ source: 'rechunk', where: `${RECHUNK}, package ${name}`, kernel, trust: 'inherited' }];
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
