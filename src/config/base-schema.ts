import * as z from 'zod/mini';
import {
  countOf,
  described,
  ImageReference,
  PackageChoice,
  PackageName,
  Suite,
  textLike,
} from './words.ts';

const DebianBase = z.strictObject({
  suite: Suite.check(
    z.describe('Archive suite to follow: bookworm, bookworm-backports, trixie, …'),
  ),
  kernel: PackageName.check(z.describe('Kernel package, meta or exact: linux-image-cloud-amd64')),
  components: described(
    z._default(z.array(textLike(/^[a-z][a-z0-9-]*$/, 'must be the name of a component')), [
      'main',
      'contrib',
    ]),
    'Components of the archive',
  ),
  packages: described(
    z._default(z.array(PackageChoice), ['systemd-sysv', 'udev', 'kmod']),
    'What the base holds beside the essential packages and the kernel',
  ),
});

/** What a stream follows. */
export const Base = z
  .strictObject({
    debian: described(z.optional(DebianBase), 'An archive suite with its kernel package'),
    image: described(
      z.optional(ImageReference),
      'An OCI image of the Fedora family: HOST/NAME:TAG',
    ),
    coreos: described(
      z.optional(textLike(/^[a-z][a-z0-9-]*$/, 'must be the name of a stream')),
      'A stream of Fedora CoreOS: stable, testing, next',
    ),
    kernels: described(
      z._default(z.enum(['refuse', 'newest', 'all']), 'refuse'),
      'When the base image holds several kernels: refuse it, keep the newest and take out the others, or build the modules for all of them',
    ),
  })
  .check(
    z.refine((base) => countOf(base.debian, base.image, base.coreos) === 1, {
      message: 'name exactly one of debian, image, coreos',
    }),
  );

/** Where modules for images are built. */
export const Builder = z.strictObject({
  image: ImageReference.check(
    z.describe('Image that modules are built in; {os_version} stands for the version of the base'),
  ),
  packages: described(z._default(z.array(PackageName), []), 'What it needs beside the usual'),
});
