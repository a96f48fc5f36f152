import * as z from 'zod/mini';
import { Flists } from './flists-schema.ts';
import { ModuleName, PackageChoice, PackageName, RelativePath, Suite } from './words.ts';

const Count = z.int().check(z.positive());

const Boot = z.strictObject({
  memory: z._default(Count, 1024).check(z.describe('MiB of the machine that it is tried in')),
  deadline: z
    ._default(Count, 900)
    .check(z.describe('Seconds until a machine that is not done is ended')),
  append: z
    ._default(z.array(z.string()), [])
    .check(z.describe("Words for the kernel's command line")),
  expect: z
    ._default(z.array(z.string().check(z.minLength(1))), [])
    .check(z.describe('What the console must say, beside that the flists are mounted')),
});

/** `initramfs.yaml`: an initramfs that boots from flists (docs/flist.md). */
export const InitramfsConfig = z.strictObject({
  version: z.literal(1),
  suite: Suite.check(z.describe("Suite of Debian; the archive is that of the machine's apt")),
  components: z._default(z.array(Suite), ['main']).check(z.describe('Components of the archive')),
  kernel: z._default(PackageName, 'linux-image-amd64').check(z.describe('Package of the kernel')),
  packages: z
    ._default(z.array(PackageChoice), ['kmod', 'mount', 'udev'])
    .check(z.describe('What is installed beside the essential packages')),
  firmware: z
    ._default(z.array(PackageName), [])
    .check(z.describe('Packages whose firmware goes into a flist')),
  modules: z
    ._default(z.array(ModuleName), ['fuse', 'virtio_net'])
    .check(z.describe('Modules that stay inside, with those that they need: the way to the store')),
  init: z.enum(['zinit', 'systemd']).check(z.describe('What starts services')),
  program: z
    ._default(z.enum(['lockstep', 'rfs']), 'lockstep')
    .check(z.describe('What mounts; rfs comes with the overlay')),
  overlay: z
    .optional(RelativePath)
    .check(z.describe('Folder of the project that is laid over the root')),
  remove: z
    ._default(z.array(z.string().check(z.minLength(1))), [])
    .check(z.describe('Patterns of paths that are left out')),
  wait: z
    ._default(Count, 30)
    .check(z.describe('Seconds that a store may take before the boot goes on')),
  flists: z
    .optional(Flists)
    .check(
      z.describe('Where blocks go and are read, as in lockstep.yaml; without it nothing is packed'),
    ),
  compress: z._default(z.boolean(), false).check(z.describe('Compress with zstd')),
  output: z._default(RelativePath, 'dist/initramfs').check(z.describe('Folder for what is made')),
  boot: z._default(Boot, Boot.parse({})).check(z.describe('The boot that it is tried with')),
});
export type InitramfsConfig = z.infer<typeof InitramfsConfig>;

/** JSON Schema of `initramfs.yaml` for editors, from the definition that reads the file. */
export function initramfsJsonSchema(): object {
  return z.toJSONSchema(InitramfsConfig, { io: 'input' });
}
