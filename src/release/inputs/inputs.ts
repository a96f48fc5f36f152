import { z } from 'zod';
import { type Digest, digestOfJson } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { ArchiveModule, GitModule, ReleaseModule, TakenModule } from './modules.ts';
import { DebianPackages, DigestText, RpmPackages } from './packages.ts';

/** What the image tells its hosts to accept. */
const Hosts = z.object({
  /** What the files are called after. */
  name: z.string(),
  /** `HOST/NAME` of what must be signed. */
  scopes: z.array(z.string()).min(1),
  /** Public keys of which one must have signed, PEM. */
  keys: z.array(z.string()).min(1),
  /** Refuse everything else. */
  enforce: z.boolean(),
});
export type Hosts = z.infer<typeof Hosts>;

const common = {
  schema_version: z.literal(1),
  stream: z.string(),
  config: DigestText,
  hosts: Hosts.optional(),
  keys: z.object({
    /** Of the kmods image of each kernel, by its release. */
    kmods: z.record(z.string(), DigestText),
    image: DigestText,
  }),
  tools: z.record(z.string(), z.string()),
};

const kernelAndSystem = {
  osVersion: z.string(),
  /** As OCI names it: `amd64`. */
  architecture: z.string(),
  /** Every kernel of the image, oldest first: each gets the modules. */
  kernels: z.array(z.string()).min(1),
  /** The newest of them, which names and labels speak of. */
  kernelRelease: z.string(),
};

const DebianInputs = z.object({
  ...common,
  family: z.literal('debian'),
  modules: z.array(ArchiveModule),
  base: z.object({
    ...kernelAndSystem,
    suite: z.string(),
    codename: z.string(),
    kernelPackage: z.object({ name: z.string(), version: z.string() }),
    packages: DebianPackages,
  }),
  builder: z.object({ packages: DebianPackages, compiler: z.string() }),
  image: z.object({ packages: DebianPackages, overlay: DigestText.nullable() }),
});

/** An image that modules are built in, with the packages on top of it. */
export const RpmBuilder = z.object({
  reference: z.string(),
  digest: DigestText,
  packages: RpmPackages,
  compiler: z.string(),
});

const RpmInputs = z.object({
  ...common,
  family: z.literal('rpm'),
  modules: z.array(
    z.discriminatedUnion('kind', [ArchiveModule, ReleaseModule, GitModule, TakenModule]),
  ),
  base: z.object({
    ...kernelAndSystem,
    /** As configured: what moves. */
    reference: z.string(),
    /** Of the image for this platform. */
    digest: DigestText,
    /** Of the index that the reference pointed to, if it was one. */
    index: DigestText.optional(),
    /** Who of `trust.base` has signed the image, or the index that lists it. */
    signers: z.array(z.string()).optional(),
    /** The immutable tag that had the same digest. */
    tag: z.string().optional(),
    /** `ID` and `VERSION_ID` of os-release. */
    os: z.object({ id: z.string(), version: z.string() }),
    /** What the image calls its own version (org.opencontainers.image.version). */
    version: z.string().optional(),
    /** Kernels of the base that are taken out. */
    removed: z.array(z.string()),
    /** Installs packages in the image. */
    installer: z.enum(['dnf5', 'dnf', 'rpm-ostree']),
    /** Of the modules that the kernel brings. */
    compression: z.enum(['none', 'xz', 'zst', 'gz']),
  }),
  /** What modules are built in; none where all of them are taken from images. */
  builder: RpmBuilder.optional(),
  /** Who signs the modules: the name in the certificate, and the certificate as DER in base64. */
  signing: z.object({ name: z.string(), certificate: z.base64() }).optional(),
  image: z.object({ packages: RpmPackages, overlay: DigestText.nullable() }),
});

/** Version 1 of the inputs of a run; a new version gets a schema of its own beside this one. */
export const InputsV1 = z.discriminatedUnion('family', [DebianInputs, RpmInputs]);

/** Every immutable thing that a run uses, with the keys by which its results are found again. */
export type Inputs = DebianInputs | RpmInputs;
export type DebianInputs = z.infer<typeof DebianInputs>;
export type RpmInputs = z.infer<typeof RpmInputs>;
export type RpmBuilder = z.infer<typeof RpmBuilder>;

/** Inputs before their keys are known. */
export type UnkeyedInputs = Omit<DebianInputs, 'keys'> | Omit<RpmInputs, 'keys'>;

/** What identifies the base: a Debian one is the set of its packages, an image its digest. */
export function baseDigest(inputs: UnkeyedInputs): Digest {
  return inputs.family === 'debian' ? inputs.base.packages.digest : inputs.base.digest;
}

/** What inputs are stored as in a registry. */
export const INPUTS_TYPE = 'application/vnd.lockstep.inputs.v1+json';

/** Digest of inputs. The versions of programs on this machine are recorded but not part of it. */
export function inputsDigest(inputs: Inputs): Digest {
  return digestOfJson({ ...inputs, tools: undefined });
}

/**
 * Reads the JSON of saved inputs. Throws `config` for other text, for another format version and
 * for inputs whose keys do not follow from what they list (an edited file).
 */
export function parseInputs(text: string, where: string): Inputs {
  const parsed = InputsV1.safeParse(jsonOf(text, where));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${where}: ${issue.path.join('.')}: ${issue.message}`,
  );
  throw new LockstepError('config', problems.slice(0, 20).join('\n'), {
    hint: 'give the inputs.json of a run that this version of lockstep or an older one wrote',
  });
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LockstepError('config', `${where}: not JSON: ${(cause as Error).message}`, { cause });
  }
}
