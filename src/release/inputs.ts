import { z } from 'zod';
import { type Digest, digestOfJson, isDigest } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';

const DigestText = z
  .string()
  .refine(isDigest, 'must be a sha256 digest') as unknown as z.ZodType<Digest>;
const Archive = z.enum(['debian', 'debian-security']);

const Package = z.object({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
  filename: z.string(),
  archive: Archive,
  source: z.string(),
  sourceVersion: z.string(),
});

const Packages = z.object({ digest: DigestText, packages: z.array(Package) });

const SourceFile = z.object({
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
  filename: z.string(),
  archive: Archive,
});

const ModuleInputs = z.object({
  name: z.string(),
  kind: z.enum(['debian', 'dkms']),
  package: z.string(),
  version: z.string(),
  upstreamVersion: z.string().optional(),
  files: z.array(SourceFile),
  range: z.object({ min: z.string().optional(), max: z.string().optional() }),
  options: z.array(z.string()),
});

/** Version 1 of the inputs of a run; a new version gets a schema of its own beside this one. */
export const InputsV1 = z.object({
  schema_version: z.literal(1),
  stream: z.string(),
  config: DigestText,
  base: z.object({
    suite: z.string(),
    codename: z.string(),
    osVersion: z.string(),
    architecture: z.string(),
    kernelRelease: z.string(),
    kernelPackage: z.object({ name: z.string(), version: z.string() }),
    packages: Packages,
  }),
  builder: z.object({ packages: Packages, compiler: z.string() }),
  modules: z.array(ModuleInputs),
  image: z.object({ packages: Packages, overlay: DigestText.nullable() }),
  keys: z.object({ kmods: DigestText, image: DigestText }),
  tools: z.record(z.string(), z.string()),
});

/** Every immutable thing that a run uses, with the keys by which its results are found again. */
export type Inputs = z.infer<typeof InputsV1>;
export type ModuleInputs = z.infer<typeof ModuleInputs>;

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
