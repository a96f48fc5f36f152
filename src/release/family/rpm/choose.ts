import type { Stream } from '../../../config/schema.ts';
import type { Buildah } from '../../../container/buildah.ts';
import { chooseRpms } from '../../../container/dnf.ts';
import { runInImage } from '../../../container/run-in-image.ts';
import { digestOfJson } from '../../../system/digest.ts';
import { LockstepError } from '../../../system/error.ts';
import { buildahOf } from '../../context/containers.ts';
import { lineSink, type RunContext } from '../../context/run-context.ts';
import type { RpmBuilder, RpmInputs } from '../../inputs/inputs.ts';
import type { RpmPackages } from '../../inputs/packages.ts';
import { type PinnedImage, pulled } from './pulled.ts';

/** What packages are chosen for. */
export interface ChoiceRequest {
  base: RpmInputs['base'];
  /** None where nothing is built. */
  builder?: PinnedImage;
  modules: RpmInputs['modules'];
}

/** What the builder has on top of its image, and what the two compile with. */
type Tools = Pick<RpmBuilder, 'packages' | 'compiler'>;

/** Grows when other packages would be asked for. */
export const CHOICE_VERSION = 1;

/** What every build needs. */
const ESSENTIALS = ['gcc', 'make', 'rpm-build', 'kmod', 'xz', 'zstd', 'patch', 'diffutils', 'bc'];

/** What OpenZFS's own packaging needs beside it (its rpm/generic/zfs.spec.in, BuildRequires). */
const FOR_OPENZFS = [
  'autoconf',
  'automake',
  'libtool',
  'elfutils-libelf-devel',
  'gettext',
  'libaio-devel',
  'libattr-devel',
  'libblkid-devel',
  'libtirpc-devel',
  'libudev-devel',
  'libuuid-devel',
  'ncompress',
  'openssl-devel',
  'python3-devel',
  'systemd',
  'zlib-devel',
];

export const NO_PACKAGES = rpmSet([]);

/** Stands for the packages of a builder when nothing is going to be built. */
export const NO_BUILDER: Tools = { packages: NO_PACKAGES, compiler: 'none' };

/** Lets dnf choose what the image gets on top of its base. */
export async function chooseForImage(
  context: RunContext,
  base: RpmInputs['base'],
): Promise<RpmPackages> {
  const { packages } = context.stream.image;
  if (packages.length === 0) return NO_PACKAGES;
  return choose(context, await buildahOf(context), { image: base, packages });
}

/** What the builder is asked to have beside what its image brings. */
export function wantedInBuilder(
  { builder }: Pick<Stream, 'builder'>,
  { base, modules }: Omit<ChoiceRequest, 'builder'>,
): string[] {
  const openzfs = modules.some(({ kind }) => kind === 'openzfs') ? FOR_OPENZFS : [];
  const specs = modules.flatMap((module) => (module.kind === 'git' && module.spec?.requires) || []);
  const own = builder?.packages ?? [];
  return [...ESSENTIALS, ...openzfs, ...specs, ...own, ...headersOf(base)];
}

function headersOf({ kernels }: RpmInputs['base']): string[] {
  return kernels.map((kernel) => `kernel-devel-uname-r = ${kernel}`);
}

/** Lets dnf choose what the builder gets on top of its image. */
export async function chooseForBuilder(
  context: RunContext,
  request: ChoiceRequest & { builder: PinnedImage },
): Promise<Tools> {
  const { base, builder } = request;
  const buildah = await buildahOf(context);
  const wanted = wantedInBuilder(context.stream, request);
  const packages = await choose(context, buildah, { image: builder, packages: wanted }).catch(
    (error: unknown) => {
      throw blameHeaders(error, builder.reference, headersOf(base));
    },
  );
  const compiler = packages.packages.find(({ name }) => name === 'gcc')?.version;
  const ask = async () =>
    runInImage(buildah, await pulled(context, builder), ['gcc', '-dumpfullversion']);
  return { packages, compiler: `gcc ${compiler ?? (await ask()).trim()}` };
}

async function choose(
  context: RunContext,
  buildah: Buildah,
  { image, packages }: { image: PinnedImage; packages: readonly string[] },
): Promise<RpmPackages> {
  const from = await pulled(context, image);
  const { pool, scratch } = context.folders;
  const authorities = context.env.SSL_CERT_FILE;
  const say = lineSink(context, 'resolve');
  const chosen = await chooseRpms(buildah, { from, packages, pool, scratch, authorities }, say);
  return rpmSet(chosen);
}

/** The packages with the digest that identifies the set: of their names, versions and contents. */
export function rpmSet(packages: RpmPackages['packages']): RpmPackages {
  const names = packages.map(({ name, version, sha256 }) => [name, version, sha256]);
  return { digest: digestOfJson(names), packages };
}

/** The most common reason: the base lags behind, and its repositories keep the newest kernel only. */
function blameHeaders(error: unknown, reference: string, headers: readonly string[]): unknown {
  if (!(error instanceof LockstepError) || error.code !== 'not-found') return error;
  const [, ...said] = error.message.split('\n');
  const named = headers.filter((one) => said.some((line) => line.includes(one)));
  if (named.length === 0) return error;
  const missing = named.join(', ');
  return new LockstepError('archive', `no package provides ${missing}\n${error.message}`, {
    hint:
      `looked in the repositories of ${reference}; wait until they have it, name the package's own address in ` +
      'builder.packages, or another builder image whose repositories have it',
    cause: error,
  });
}
