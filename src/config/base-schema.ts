import { z } from 'zod';
import { countOf, ImageReference, PackageChoice, PackageName, Suite } from './words.ts';

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

/** What a stream follows. */
export const Base = z
  .strictObject({
    debian: DebianBase.optional().describe('An archive suite with its kernel package'),
    image: ImageReference.optional().describe('An OCI image of the Fedora family: HOST/NAME:TAG'),
    coreos: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'must be the name of a stream')
      .optional()
      .describe('A stream of Fedora CoreOS: stable, testing, next'),
    kernels: z
      .enum(['refuse', 'newest', 'all'])
      .default('refuse')
      .describe(
        'When the base image holds several kernels: refuse it, keep the newest and take out the others, or build the modules for all of them',
      ),
  })
  .refine((base) => countOf(base.debian, base.image, base.coreos) === 1, {
    message: 'name exactly one of debian, image, coreos',
  });

/** Where modules for images are built. */
export const Builder = z.strictObject({
  image: ImageReference.describe(
    'Image that modules are built in; {os_version} stands for the version of the base',
  ),
  packages: z.array(PackageName).default([]).describe('What it needs beside the usual'),
});
