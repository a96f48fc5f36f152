import type { Buildah } from '../../build/buildah.ts';
import { chooseRpms } from '../../build/dnf.ts';
import { runInImage } from '../../build/run-in-image.ts';
import { digestOfJson } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { buildahOf } from '../containers.ts';
import { lineSink, type RunContext } from '../context.ts';
import type { RpmInputs, RpmPackages } from '../inputs.ts';
import { pulled } from './pulled.ts';

/** What packages are chosen for. */
export interface ChoiceRequest {
  base: RpmInputs['base'];
  builder: Pick<RpmInputs['builder'], 'reference' | 'digest'>;
  modules: RpmInputs['modules'];
}

/** What is installed in the builder and in the image on top of what they bring. */
export interface Choice {
  builder: Pick<RpmInputs['builder'], 'packages' | 'compiler'>;
  image: RpmPackages;
}

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

const NONE = rpmSet([]);

/** Stands for packages when nothing is going to be built. */
export const NO_CHOICE: Choice = { builder: { packages: NONE, compiler: 'none' }, image: NONE };

/** Lets dnf choose, in the builder and in the base, what the build and the image need on top. */
export async function choosePackages(context: RunContext, request: ChoiceRequest): Promise<Choice> {
  const buildah = await buildahOf(context);
  const { packages } = context.stream.image;
  return {
    builder: await chooseForBuilder(context, buildah, request),
    image: await choose(context, buildah, { image: request.base, packages }),
  };
}

async function chooseForBuilder(
  context: RunContext,
  buildah: Buildah,
  { base, builder, modules }: ChoiceRequest,
): Promise<Choice['builder']> {
  const headers = base.kernels.map((kernel) => `kernel-devel-uname-r = ${kernel}`);
  const openzfs = modules.some(({ kind }) => kind === 'openzfs') ? FOR_OPENZFS : [];
  const specs = modules.flatMap((module) => (module.kind === 'git' && module.spec?.requires) || []);
  const wanted = [
    ...ESSENTIALS,
    ...openzfs,
    ...specs,
    ...(context.stream.builder?.packages ?? []),
    ...headers,
  ];
  const packages = await choose(context, buildah, { image: builder, packages: wanted }).catch(
    (error: unknown) => {
      throw blameHeaders(error, builder.reference, headers);
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
  { image, packages }: { image: ChoiceRequest['builder']; packages: readonly string[] },
): Promise<RpmPackages> {
  if (packages.length === 0) return NONE;
  const from = await pulled(context, image);
  const { pool, scratch } = context.folders;
  const say = lineSink(context, 'resolve');
  const chosen = await chooseRpms(buildah, { from, packages, pool, scratch }, say);
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
  const missing = (named.length > 0 ? named : headers).join(', ');
  return new LockstepError('archive', `no package provides ${missing}\n${error.message}`, {
    hint:
      `looked in the repositories of ${reference}; wait until they have it, name the package's own address in ` +
      'builder.packages, or another builder image whose repositories have it',
    cause: error,
  });
}
