import { z } from 'zod';
import {
  gitAddressProblem,
  gitCommitProblem,
  gitPathProblem,
  specFileProblem,
} from '../../config/git-address.ts';
import { Archive, DigestText, Sha256 } from './packages.ts';

const DkmsConf = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  kernel: z.string().optional(),
  kernelMin: z.string().optional(),
  kernelMax: z.string().optional(),
  obsoleteBy: z.string().optional(),
  arch: z.string().optional(),
  config: z.string().optional(),
  untold: z.array(z.string()).optional(),
  depends: z.array(z.string()),
});

const file = { name: z.string(), sha256: Sha256, size: z.number().int().nonnegative() };

const module = {
  name: z.string(),
  package: z.string(),
  version: z.string(),
  upstreamVersion: z.string().optional(),
  range: z.object({ min: z.string().optional(), max: z.string().optional() }),
  /** What its dkms.conf says plainly. */
  conf: DkmsConf.optional(),
  options: z.array(z.string()),
};

/** A module whose code comes from a Debian archive. */
export const ArchiveModule = z.object({
  ...module,
  kind: z.enum(['debian', 'dkms']),
  files: z.array(z.object({ ...file, filename: z.string(), archive: Archive })),
});

/** A module that is published as a release, each file at an address. */
export const ReleaseModule = z.object({
  ...module,
  kind: z.literal('openzfs'),
  files: z.array(z.object({ ...file, url: z.string() })),
});

/** A module that is a commit of a repository. */
export const GitModule = z.object({
  ...module,
  kind: z.literal('git'),
  /** Address of the repository. */
  repository: z.string().refine((address) => gitAddressProblem(address) == null),
  commit: z.string().refine((commit) => gitCommitProblem(commit) == null),
  /** Folder in the repository, when not its root. */
  path: z
    .string()
    .refine((path) => gitPathProblem(path) == null)
    .optional(),
  /** The spec file that it is built by, and the packages that its build needs. */
  spec: z
    .object({
      file: z.string().refine((name) => specFileProblem(name) == null),
      requires: z.array(z.string()),
    })
    .optional(),
  /** The tar file that git makes of the folder, not compressed; then what its spec takes from elsewhere. */
  files: z.array(z.object({ ...file, url: z.string().optional() })),
});

/** A module that others have built, out of images of packages. */
export const TakenModule = z.object({
  ...module,
  kind: z.literal('kmods'),
  /** Where the packages for each kernel of the base are. */
  images: z.array(
    z.object({
      kernel: z.string(),
      /** With what stood for the base filled in. */
      reference: z.string(),
      /** Of the image for this platform. */
      digest: DigestText,
    }),
  ),
  /** Packages, each with its path in the image for its kernel. */
  files: z.array(z.object({ ...file, kernel: z.string(), path: z.string() })),
});

export type ArchiveModule = z.infer<typeof ArchiveModule>;
export type ReleaseModule = z.infer<typeof ReleaseModule>;
export type GitModule = z.infer<typeof GitModule>;
export type TakenModule = z.infer<typeof TakenModule>;

/** A module as inputs pin it. */
export type ModuleInputs = ArchiveModule | ReleaseModule | GitModule | TakenModule;

/** Whether anything is compiled for this module; else its packages come as others have built them. */
export function isBuilt(module: ModuleInputs): module is Exclude<ModuleInputs, TakenModule> {
  return module.kind !== 'kmods';
}

/** The files that the modules for one kernel come of: sources are for any. */
export function filesFor<T extends ModuleInputs>({ files }: T, kernel: string): T['files'] {
  return files.filter((file) => !('kernel' in file) || file.kernel === kernel);
}

/** The name that packages of a module have: its own, or the one that a spec gives them. */
export function kmodNameOf(module: ModuleInputs): string {
  const spec = module.kind === 'git' ? module.spec : undefined;
  return spec ? spec.file.replace(/-kmod\.spec$/, '') : module.name;
}
