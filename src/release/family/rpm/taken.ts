import type { Stream } from '../../../config/schema.ts';
import { majorMinorOf } from '../../../kernel/version/release.ts';
import { listRpms } from '../../../kmods/rpm/list.ts';
import type { ListedRpm } from '../../../kmods/rpm/listed.ts';
import { type KmodsOffer, offeredKmods } from '../../../kmods/rpm/offer.ts';
import { formatReference, parseReference, tagOf, versionOf } from '../../../oci/reference.ts';
import { type OpenImage, openImage } from '../../../oci/tree/image.ts';
import { LockstepError } from '../../../system/error.ts';
import { remembered } from '../../../system/remember.ts';
import { repositoryOf } from '../../context/repository.ts';
import type { RunContext } from '../../context/run-context.ts';
import type { RpmInputs } from '../../inputs/inputs.ts';
import { filesFor, isBuilt, type ModuleInputs, type TakenModule } from '../../inputs/modules.ts';
import { lastInputs } from '../../kept/last-inputs.ts';

type Module = Stream['modules'][number];

/** What is known of the base that packages are looked for. */
type Base = Pick<RpmInputs['base'], 'kernels' | 'osVersion' | 'architecture'>;

/**
 * Pins the packages that images of others have of a module for each kernel of the base. Throws
 * `archive`, as it does for headers that are not there yet, while an image lags behind the base.
 */
export async function followTaken(
  context: RunContext,
  module: Module,
  base: Base,
): Promise<TakenModule> {
  const known = context.anew ? undefined : await knownTaken(context, module.name);
  const found: Found[] = [];
  for (const kernel of base.kernels) {
    found.push(await take(context, module, { base, kernel, ...(known && { known }) }));
  }
  const [first, ...others] = found;
  if (!first) throw new LockstepError('bug', 'a base without a kernel');
  const unlike = others.find(({ version }) => version !== first.version);
  if (unlike) throw twoVersions(module.name, first, unlike);
  const { tag: _tag, digest: _digest, ...place } = parseReference(first.image.reference);
  return {
    name: module.name,
    kind: 'kmods',
    package: formatReference(place),
    version: first.version,
    // For just these kernels, which no range can say more closely.
    range: { min: majorMinorOf(first.image.kernel), max: majorMinorOf(base.kernels.at(-1) ?? '') },
    options: [],
    images: found.map(({ image }) => image),
    files: found.flatMap(({ files }) => files),
  };
}

/** The module as the last run had it from such images. */
async function knownTaken(context: RunContext, name: string): Promise<TakenModule | undefined> {
  const modules: ModuleInputs[] = (await lastInputs(context))?.modules ?? [];
  const module = modules.find((one) => one.name === name);
  return module && !isBuilt(module) ? module : undefined;
}

/** What there is for one kernel. */
interface Found {
  image: TakenModule['images'][number];
  version: string;
  files: TakenModule['files'];
}

async function take(
  context: RunContext,
  { name, kmods = '' }: Module,
  { base, kernel, known }: { base: Base; kernel: string; known?: TakenModule },
): Promise<Found> {
  const reference = kmods
    .replaceAll('{os_version}', tagOf(base.osVersion))
    .replaceAll('{kernel}', tagOf(kernel));
  const opened = await open(context, reference, base).catch((error: unknown) => {
    throw kmods.includes('{kernel}') ? notYet(error, reference, kernel) : error;
  });
  const { digest } = opened.document.descriptor;
  const image = { kernel, reference, digest };
  if (known?.images.some((one) => one.kernel === kernel && one.digest === digest))
    return { image, version: known.version, files: filesFor(known, kernel) };
  const offer = offeredKmods(await lookInto(context, opened), { module: name, kernel });
  const [kmod] = offer.packages;
  if (!kmod) throw notFor(kernel, { reference, name, offer });
  const files = offer.packages.map((one) => ({ ...fileOf(one), kernel }));
  return { image, version: kmod.version.replace(/-[^-]*$/, ''), files };
}

/** What a reference leads to now. */
function open(context: RunContext, reference: string, { architecture }: Base): Promise<OpenImage> {
  const platform = { os: 'linux', architecture };
  const version = versionOf(parseReference(reference));
  return openImage(repositoryOf(context, reference), version, { platform });
}

/** The packages in an image; looked for once for each digest. */
function lookInto({ folders }: RunContext, { reader, document }: OpenImage): Promise<ListedRpm[]> {
  const { digest } = document.descriptor;
  return remembered(folders.answers, { rpms: digest }, async () => {
    return (await listRpms(reader, digest, { contents: 'toc' })).packages;
  });
}

/** Under the name that the header gives; that of the file may lie. */
function fileOf({ name, version, architecture, digest, size, path }: ListedRpm) {
  const file = `${name}-${version}.${architecture}.rpm`;
  if (!/^[\w.+~^-]+$/.test(file)) {
    throw new LockstepError(
      'invalid-content',
      `not the name of a package: ${JSON.stringify(file)}`,
    );
  }
  return { name: file, sha256: digest.slice('sha256:'.length), size, path };
}

const WAIT =
  'wait until it has been built for that kernel (stable stays as it is until then), or have the module built here: openzfs, git, dkms';

function notYet(error: unknown, reference: string, kernel: string): unknown {
  if (!(error instanceof LockstepError) || error.code !== 'not-found') return error;
  const message = `there is no image ${reference}, and the base has ${kernel}`;
  return new LockstepError('archive', message, { hint: WAIT, cause: error });
}

function notFor(
  kernel: string,
  { reference, name, offer }: { reference: string; name: string; offer: KmodsOffer },
): LockstepError {
  if (offer.kernels.length === 0) {
    return new LockstepError('not-found', `${reference} has no package of modules of ${name}`, {
      hint: `see what it has: lockstep rpms list ${reference}`,
    });
  }
  const found = offer.kernels.join(', ');
  const message = `the image has modules for ${found}, the base has ${kernel}`;
  return new LockstepError('archive', `${name}: ${message}`, {
    context: { reference },
    hint: WAIT,
  });
}

/** One user space cannot go with two versions. */
function twoVersions(name: string, ...found: Found[]): LockstepError {
  const said = found.map(({ version, image }) => `${version} for ${image.kernel}`);
  return new LockstepError('archive', `${name}: the images have ${said.join(' and ')}`, {
    hint: WAIT,
  });
}
