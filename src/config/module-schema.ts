import * as z from 'zod/mini';
import {
  gitAddressProblem,
  gitCommitProblem,
  gitPathProblem,
  specFileProblem,
} from './git-address.ts';
import {
  countOf,
  described,
  ImageReference,
  ModuleName,
  PackageName,
  RelativePath,
  Suite,
  textLike,
  textWithout,
} from './words.ts';

/** A source of modules: what it is called, and where the code comes from. */
export const Module = z
  .strictObject({
    name: ModuleName.check(
      z.describe(
        'What tags, packages and messages call it: zfs; the modules are those that its source builds',
      ),
    ),
    debian: described(z.optional(PackageName), 'Debian source package: zfs-linux'),
    dkms: described(z.optional(PackageName), 'Debian package that ships a dkms.conf'),
    suite: described(z.optional(Suite), 'Suite of the package, when not that of the base'),
    openzfs: described(
      z.optional(
        textLike(
          /^(?:\d+\.\d+|latest-compatible)$/,
          'must be a release line (2.4) or latest-compatible',
        ),
      ),
      'Release line of OpenZFS to take the newest patch of, or latest-compatible',
    ),
    releases: described(
      z.optional(z.url({ protocol: /^https?$/ })),
      'Address of the API of the repository whose releases are taken, for forks',
    ),
    keys: described(z.optional(RelativePath), 'Keyring that signs those releases'),
    git: described(
      z.optional(textWithout(gitAddressProblem)),
      'Address of a git repository with a dkms.conf or a NAME-kmod.spec: https://, ssh:// or file://',
    ),
    commit: described(
      z.optional(textWithout(gitCommitProblem)),
      'Commit of that repository, all 40 digits of it',
    ),
    path: described(
      z.optional(textWithout(gitPathProblem)),
      'Folder of that repository with the dkms.conf or the spec, when not its root',
    ),
    spec: described(
      z.optional(textWithout(specFileProblem)),
      'Spec file in that folder, when it has several or a dkms.conf too (RPM bases)',
    ),
    kmods: described(
      z.optional(
        ImageReference.check(
          z.regex(
            /^(?:[^{}]|\{os_version\}|\{kernel\})*$/,
            'holds braces that stand for nothing; there are {os_version} and {kernel}',
          ),
        ),
      ),
      'Image that holds its packages, built by others: HOST/NAME:TAG; {os_version} and {kernel} stand for those of the base',
    ),
    load: described(
      z._default(
        z.union(
          [z.boolean(), z.array(ModuleName)],
          'must be true, false or a list of names of modules',
        ),
        true,
      ),
      'Modules that are loaded when the image boots (modules-load.d): those listed, or with true the one that has the name above, if one has',
    ),
    allow_experimental: described(
      z._default(z.boolean(), false),
      'Build although the kernel is newer than the module supports',
    ),
  })
  .check(
    z.refine(
      ({ debian, dkms, openzfs, git, kmods }) => countOf(debian, dkms, openzfs, git, kmods) === 1,
      {
        message: 'name exactly one of debian, dkms, openzfs, git, kmods',
      },
    ),
    z.refine(({ git, commit }) => git == null || commit != null, {
      path: ['git'],
      message: 'needs a commit, all 40 digits of it: branches and tags move',
    }),
    z.refine(({ git, commit, path, spec }) => git != null || (commit ?? path ?? spec) == null, {
      message: 'commit, path and spec belong to git: name the address of the repository',
    }),
  );
