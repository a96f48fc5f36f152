import { z } from 'zod';
import {
  gitAddressProblem,
  gitCommitProblem,
  gitPathProblem,
  specFileProblem,
} from './git-address.ts';
import {
  countOf,
  ImageReference,
  ModuleName,
  PackageName,
  RelativePath,
  Suite,
  textWithout,
} from './words.ts';

/** A source of modules: what it is called, and where the code comes from. */
export const Module = z
  .strictObject({
    name: ModuleName.describe(
      'What tags, packages and messages call it: zfs; the modules are those that its source builds',
    ),
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
      .describe(
        'Address of a git repository with a dkms.conf or a NAME-kmod.spec: https://, ssh:// or file://',
      ),
    commit: textWithout(gitCommitProblem)
      .optional()
      .describe('Commit of that repository, all 40 digits of it'),
    path: textWithout(gitPathProblem)
      .optional()
      .describe('Folder of that repository with the dkms.conf or the spec, when not its root'),
    spec: textWithout(specFileProblem)
      .optional()
      .describe('Spec file in that folder, when it has several or a dkms.conf too (RPM bases)'),
    kmods: ImageReference.regex(
      /^(?:[^{}]|\{os_version\}|\{kernel\})*$/,
      'holds braces that stand for nothing; there are {os_version} and {kernel}',
    )
      .optional()
      .describe(
        'Image that holds its packages, built by others: HOST/NAME:TAG; {os_version} and {kernel} stand for those of the base',
      ),
    load: z
      .union(
        [z.boolean(), z.array(ModuleName)],
        'must be true, false or a list of names of modules',
      )
      .default(true)
      .describe(
        'Modules that are loaded when the image boots (modules-load.d): those listed, or with true the one that has the name above, if one has',
      ),
    allow_experimental: z
      .boolean()
      .default(false)
      .describe('Build although the kernel is newer than the module supports'),
  })
  .refine(
    ({ debian, dkms, openzfs, git, kmods }) => countOf(debian, dkms, openzfs, git, kmods) === 1,
    {
      message: 'name exactly one of debian, dkms, openzfs, git, kmods',
    },
  )
  .refine(({ git, commit }) => git == null || commit != null, {
    path: ['git'],
    message: 'needs a commit, all 40 digits of it: branches and tags move',
  })
  .refine(({ git, commit, path, spec }) => git != null || (commit ?? path ?? spec) == null, {
    message: 'commit, path and spec belong to git: name the address of the repository',
  });
