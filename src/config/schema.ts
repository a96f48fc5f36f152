import { z } from 'zod';
import { gitAddressProblem, gitCommitProblem, gitPathProblem } from './git-address.ts';
import { checkStableTags, checkStreams } from './stream-checks.ts';
import { isMoving, templateProblem } from './tag-template.ts';

const Name = z
  .string()
  .regex(
    /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    'must be lower-case letters, digits and single . _ - between them',
  )
  .max(100);
const PackageName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._-]*$/, 'must be a package name');
const PackageChoice = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]*(?:\/[a-z][a-z0-9-]*)?$/, 'must be a package name, or name/suite');
const Suite = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be the name of an archive suite');
const StableTag = textWithout(templateProblem);
/** Branches have repositories of their own beside those of main (docs/channels.md). */
const Repository = Name.regex(
  /(?<!-br)$/,
  'must not end in -br: such are the repositories of branches',
);
const RelativePath = z
  .string()
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).+$/, 'must be a path inside the project');

/** Text in which nothing is wrong. */
function textWithout(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, issues) => {
    const message = problemOf(text);
    if (message != null) issues.addIssue({ code: 'custom', message });
  });
}

function countOf(...choices: unknown[]): number {
  return choices.filter((choice) => choice != null).length;
}

const DebianBase = z.strictObject({
  suite: Suite.describe('Archive suite to follow: bookworm, bookworm-backports, trixie, …'),
  kernel: PackageName.describe('Kernel package, meta or exact: linux-image-cloud-amd64'),
  components: z
    .array(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be the name of a component'))
    .default(['main', 'contrib'])
    .describe('Components of the archive'),
  packages: z
    .array(PackageChoice)
    .default(['systemd-sysv', 'udev', 'kmod'])
    .describe('What the base holds beside the essential packages and the kernel'),
});

const ImageReference = z
  .string()
  .regex(/^[\w./:@{}+-]+$/, 'must be HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]');

const Base = z
  .strictObject({
    debian: DebianBase.optional().describe('An archive suite with its kernel package'),
    image: ImageReference.optional().describe('An OCI image of the Fedora family: HOST/NAME:TAG'),
    coreos: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'must be the name of a stream')
      .optional()
      .describe('A stream of Fedora CoreOS: stable, testing, next'),
    kernels: z
      .enum(['refuse', 'newest'])
      .default('refuse')
      .describe(
        'When the base image holds several kernels: refuse it, or keep the newest and take out the others',
      ),
  })
  .refine((base) => countOf(base.debian, base.image, base.coreos) === 1, {
    message: 'name exactly one of debian, image, coreos',
  });

const Builder = z.strictObject({
  image: ImageReference.describe(
    'Image that modules are built in; {os_version} stands for the version of the base',
  ),
  packages: z.array(PackageName).default([]).describe('What it needs beside the usual'),
});

const Module = z
  .strictObject({
    name: Name.describe('Name of the module: zfs'),
    debian: PackageName.optional().describe('Debian source package: zfs-linux'),
    dkms: PackageName.optional().describe('Debian package that ships a dkms.conf'),
    suite: Suite.optional().describe('Suite of the package, when not that of the base'),
    openzfs: z
      .string()
      .regex(
        /^(?:\d+\.\d+|latest-compatible)$/,
        'must be a release line (2.4) or latest-compatible',
      )
      .optional()
      .describe('Release line of OpenZFS to take the newest patch of, or latest-compatible'),
    releases: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Address of the API of the repository whose releases are taken, for forks'),
    keys: RelativePath.optional().describe('Keyring that signs those releases'),
    git: textWithout(gitAddressProblem)
      .optional()
      .describe('Address of a git repository with a dkms.conf: https://, ssh:// or file://'),
    commit: textWithout(gitCommitProblem)
      .optional()
      .describe('Commit of that repository, all 40 digits of it'),
    path: textWithout(gitPathProblem)
      .optional()
      .describe('Folder of that repository with the dkms.conf, when not its root'),
    load: z.boolean().default(true).describe('Load it when the image boots (modules-load.d)'),
    allow_experimental: z
      .boolean()
      .default(false)
      .describe('Build although the kernel is newer than the module supports'),
  })
  .refine(({ debian, dkms, openzfs, git }) => countOf(debian, dkms, openzfs, git) === 1, {
    message: 'name exactly one of debian, dkms, openzfs, git',
  })
  .refine(({ git, commit }) => git == null || commit != null, {
    path: ['git'],
    message: 'needs a commit, all 40 digits of it: branches and tags move',
  })
  .refine(({ git, commit, path }) => git != null || (commit ?? path) == null, {
    message: 'commit and path belong to git: name the address of the repository',
  });

const Place = z
  .string()
  .regex(/^(?:env:[A-Za-z_]\w*|(?!\/).+)$/, 'must be env:NAME or a path inside the project');

const Signing = z.strictObject({
  key: Place.describe('Private key that signs modules, PEM: env:NAME or a file'),
  certificate: Place.optional().describe('Its certificate, when it is not in the PEM of the key'),
  passphrase: Place.optional().describe('Of an encrypted key'),
});

const Image = z.strictObject({
  packages: z
    .array(PackageChoice)
    .default([])
    .describe(
      'What the image holds beside base and modules; name/suite takes one from another suite',
    ),
  overlay: RelativePath.optional().describe('Folder that is copied over the root'),
  enable: z
    .array(z.string().regex(/^[\w@.:-]+$/, 'must be the name of a unit'))
    .default([])
    .describe('Units that are enabled'),
});

const Publish = z.strictObject({
  registry: z.string().min(1).describe('host/owner, or oci:DIR, a folder of OCI image layouts'),
  image: Repository.describe('Repository of the OS image'),
  kmods: Repository.describe('Repository of the kmods images'),
  stable: z
    .array(StableTag)
    .refine((tags) => tags.some(isMoving), 'must hold a tag without {kernel} and {module.NAME}')
    .default(['latest', 'main-{os_version}'])
    .describe(
      'Tags that hosts follow; {os_version}, {kernel} and {module.NAME} stand for what is in the image',
    ),
  compression: z
    .enum(['gzip', 'zstd:chunked'])
    .default('gzip')
    .describe('Of layers; zstd:chunked lets others look inside without pulling (docs/inspect.md)'),
  archive_inputs: z
    .boolean()
    .optional()
    .describe(
      'Keep sources and packages in the registry, for replays when upstream has them no more',
    ),
});

const Gates = z.strictObject({
  boot: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be the name of a scenario')
    .default('load')
    .describe(
      'Scenario that is run in a booted guest: zfs, load, or scenarios/NAME.sh of the project',
    ),
});

const streamKeys = {
  name: Name.describe('Name of the stream'),
  base: Base,
  builder: Builder.optional(),
  modules: z.array(Module).min(1),
  signing: Signing.optional(),
  image: Image.prefault({}),
  publish: Publish,
  gates: Gates.prefault({}),
};

/** Images of the Fedora family are built for in a builder image; OpenZFS comes there as RPMs. */
function checkFamily(stream: z.output<z.ZodObject<typeof streamKeys>>, issues: Issues): void {
  const say = (path: (string | number)[], message: string) =>
    issues.addIssue({ code: 'custom', path, message });
  const { base, builder, modules } = stream;
  if (base.debian && stream.signing) say(['signing'], 'is for bases that are images');
  if (base.debian && builder) say(['builder'], 'is for bases that are images');
  if (!base.debian && !builder) say(['base'], 'needs a builder: builder: { image: HOST/NAME:TAG }');
  for (const [at, module] of modules.entries()) {
    if (base.debian && module.openzfs)
      say(['modules', at, 'openzfs'], 'is for bases that are images');
    if (base.debian && module.git) say(['modules', at, 'git'], 'is for bases that are images');
    if (!base.debian && module.debian) say(['modules', at, 'debian'], 'is for a Debian base');
    if (!base.debian && module.dkms && !module.suite)
      say(['modules', at, 'dkms'], 'needs the suite of the Debian archive that has it');
  }
  checkStableTags(stream, say);
}

type Issues = Pick<z.core.$RefinementCtx, 'addIssue'>;

/** One configured line of work: base + modules + where to publish. */
export const Stream = z.strictObject(streamKeys).superRefine(checkFamily);
export type Stream = z.infer<typeof Stream>;

const version = z.literal(1).describe('Version of this format');

/** `lockstep.yaml` with one stream. */
export const SingleConfig = z.strictObject({ version, ...streamKeys }).superRefine(checkFamily);

/** `lockstep.yaml` with several streams. */
export const ManyConfig = z.strictObject({
  version,
  streams: z.array(Stream).min(1).superRefine(checkStreams),
});

/** What the rest of lockstep sees: always a list of streams. */
export interface Config {
  streams: Stream[];
}
