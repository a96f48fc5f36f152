import * as z from 'zod/mini';
import { Base, Builder } from './base-schema.ts';
import { Ci } from './ci-schema.ts';
import { Flists } from './flists-schema.ts';
import { Module } from './module-schema.ts';
import { checkSources, checkStableTags, checkStreams } from './stream-checks.ts';
import { isMoving, templateProblem } from './tag-template.ts';
import { checkTrust, Trust } from './trust-schema.ts';
import {
  described,
  Name,
  PackageChoice,
  Place,
  RelativePath,
  textLike,
  textWithout,
} from './words.ts';

const StableTag = textWithout(templateProblem);
/** Branches have repositories of their own beside those of main (docs/channels.md). */
const Repository = Name.check(
  z.regex(/(?<!-br)$/, 'must not end in -br: such are the repositories of branches'),
);

const Signing = z.lazy(() =>
  z.strictObject({
    key: Place.check(z.describe('Private key that signs modules, PEM: env:NAME or a file')),
    certificate: described(
      z.optional(Place),
      'Its certificate, when it is not in the PEM of the key',
    ),
    passphrase: described(z.optional(Place), 'Of an encrypted key'),
  }),
);

const Image = z.strictObject({
  packages: described(
    z._default(z.array(PackageChoice), []),
    'What the image holds beside base and modules; name/suite takes one from another suite',
  ),
  overlay: described(z.optional(RelativePath), 'Folder that is copied over the root'),
  enable: described(
    z._default(z.array(textLike(/^[\w@.:-]+$/, 'must be the name of a unit')), []),
    'Units that are enabled',
  ),
});

const Publish = z.strictObject({
  registry: described(
    z.string().check(z.minLength(1)),
    'host/owner, or oci:DIR, a folder of OCI image layouts',
  ),
  image: Repository.check(z.describe('Repository of the OS image')),
  kmods: Repository.check(z.describe('Repository of the kmods images')),
  stable: described(
    z._default(
      z
        .array(StableTag)
        .check(
          z.refine(
            (tags) => tags.some(isMoving),
            'must hold a tag without {kernel} and {module.NAME}',
          ),
        ),
      ['latest', 'main-{os_version}'],
    ),
    'Tags that hosts follow; {os_version}, {kernel} and {module.NAME} stand for what is in the image',
  ),
  compression: described(
    z._default(z.enum(['gzip', 'zstd:chunked']), 'gzip'),
    'Of layers; zstd:chunked lets others look inside without pulling (docs/inspect.md)',
  ),
  archive_inputs: described(
    z.optional(z.boolean()),
    'Keep sources and packages in the registry, for replays when upstream has them no more',
  ),
});

const Gates = z.strictObject({
  boot: described(
    z._default(textLike(/^[a-z0-9-]+$/, 'must be the name of a scenario'), 'load'),
    'Scenario that is run in a booted guest: zfs, load, or scenarios/NAME.sh of the project',
  ),
});

const VariableValue = z.union([
  z.string(),
  z.number().check(
    z.refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), {
      message: 'is larger than numbers are read exactly; write it in quotes',
    }),
  ),
  z.boolean(),
]);
const VariableName = textLike(/^[A-Za-z_][\w.-]*$/, 'must be a name');

const Ignition = z.lazy(() =>
  z.strictObject({
    source: described(
      z.union([RelativePath, z.array(RelativePath).check(z.minLength(1))]),
      'Butane file, or a list of parts: each is merged over those before it',
    ),
    files: described(z.optional(RelativePath), 'Folder that local files are taken from'),
    variables: described(
      z.optional(z.record(VariableName, VariableValue)),
      'Values for !var and !format: plain, env:NAME or file:PATH',
    ),
    secrets: described(
      z.optional(z.record(VariableName, Place)),
      'Values for !secret: env:NAME or a file inside the project',
    ),
    strict: described(z.optional(z.boolean()), 'Warnings fail the build'),
    limit: described(
      z.optional(
        z.union([z.enum(['aws', 'openstack', 'virtualbox']), z.int().check(z.positive())]),
      ),
      'Largest document: what a cloud takes, or bytes',
    ),
    url: described(
      z.optional(z.url({ protocol: /^https?$/ })),
      'Where the document will be fetched',
    ),
  }),
);

const streamKeys = {
  name: Name.check(z.describe('Name of the stream')),
  base: Base,
  builder: z.optional(Builder),
  modules: z.array(Module).check(z.minLength(1)),
  signing: z.optional(Signing),
  image: z.prefault(Image, {}),
  publish: Publish,
  gates: z.prefault(Gates, {}),
  trust: described(z.optional(Trust), 'What promotion signs, so that hosts accept it'),
  flists: described(z.optional(Flists), 'Modules and firmware that machines mount at boot'),
  ignition: described(
    z.optional(Ignition),
    'The first boot: Butane, built by lockstep ignition build',
  ),
};

const Keys = z.strictObject(streamKeys);

/** Images of the Fedora family are built for in a builder image; OpenZFS comes there as RPMs. */
function checkFamily(stream: z.output<typeof Keys>, issues: Issues): void {
  const say = (path: (string | number)[], message: string) =>
    issues.addIssue({ code: 'custom', path, message });
  const { base, builder, modules } = stream;
  if (base.debian && stream.signing) say(['signing'], 'is for bases that are images');
  if (base.debian && builder) say(['builder'], 'is for bases that are images');
  const builds = modules.some(({ kmods }) => kmods == null);
  if (!base.debian && builds && !builder)
    say(['base'], 'needs a builder: builder: { image: HOST/NAME:TAG }');
  if (!builds && stream.signing)
    say(['signing'], 'is for modules that are built here; those of images are taken as they are');
  for (const [at, module] of modules.entries()) {
    if (base.debian && module.openzfs)
      say(['modules', at, 'openzfs'], 'is for bases that are images');
    if (base.debian && module.git) say(['modules', at, 'git'], 'is for bases that are images');
    if (base.debian && module.kmods) say(['modules', at, 'kmods'], 'is for bases that are images');
    if (!base.debian && module.debian) say(['modules', at, 'debian'], 'is for a Debian base');
    if (!base.debian && module.dkms && !module.suite)
      say(['modules', at, 'dkms'], 'needs the suite of the Debian archive that has it');
  }
  checkTrust(stream, say);
  checkSources(stream, say);
  checkStableTags(stream, say);
}

type Issues = Pick<z.core.$RefinementCtx, 'addIssue'>;

/** One configured line of work: base + modules + where to publish. */
export const Stream = z.lazy(() => Keys.check(z.superRefine(checkFamily)));
export type Stream = z.infer<typeof Stream>;

const version = described(z.literal(1), 'Version of this format');
const ci = described(z.prefault(Ci, {}), 'Files for CI, made by lockstep workflow generate');

/** `lockstep.yaml` with one stream. */
export const SingleConfig = z
  .strictObject({ version, ...streamKeys, ci })
  .check(z.superRefine(checkFamily));

/** `lockstep.yaml` with several streams. */
export const ManyConfig = z.lazy(() =>
  z.strictObject({
    version,
    streams: z.array(Stream).check(z.minLength(1), z.superRefine(checkStreams)),
    ci,
  }),
);

/** What the rest of lockstep sees: always a list of streams. */
export interface Config {
  streams: Stream[];
  ci: Ci;
}
