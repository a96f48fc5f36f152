import * as z from 'zod/mini';
import { Flists } from './flists-schema.ts';
import { described, ModuleName, PackageChoice, PackageName, RelativePath, Suite } from './words.ts';

const Count = z.int().check(z.positive());

const Boot = z.strictObject({
  memory: described(z._default(Count, 1024), 'MiB of the machine that it is tried in'),
  deadline: described(z._default(Count, 900), 'Seconds until a machine that is not done is ended'),
  append: described(z._default(z.array(z.string()), []), "Words for the kernel's command line"),
  expect: described(
    z._default(z.array(z.string().check(z.minLength(1))), []),
    'What the console must say, beside that the flists are mounted',
  ),
});

/** `initramfs.yaml`: an initramfs that boots from flists (docs/flist.md). */
export const InitramfsConfig = z.strictObject({
  version: z.literal(1),
  suite: Suite.check(z.describe("Suite of Debian; the archive is that of the machine's apt")),
  components: described(z._default(z.array(Suite), ['main']), 'Components of the archive'),
  kernel: described(z._default(PackageName, 'linux-image-amd64'), 'Package of the kernel'),
  packages: described(
    z._default(z.array(PackageChoice), ['kmod', 'mount', 'udev']),
    'What is installed beside the essential packages',
  ),
  firmware: described(
    z._default(z.array(PackageName), []),
    'Packages whose firmware goes into a flist',
  ),
  modules: described(
    z._default(z.array(ModuleName), ['fuse', 'virtio_net']),
    'Modules that stay inside, with those that they need: the way to the store',
  ),
  init: described(z.enum(['zinit', 'systemd']), 'What starts services'),
  program: described(
    z._default(z.enum(['lockstep', 'rfs']), 'lockstep'),
    'What mounts; rfs comes with the overlay',
  ),
  overlay: described(z.optional(RelativePath), 'Folder of the project that is laid over the root'),
  remove: described(
    z._default(z.array(z.string().check(z.minLength(1))), []),
    'Patterns of paths that are left out',
  ),
  wait: described(z._default(Count, 30), 'Seconds that a store may take before the boot goes on'),
  flists: described(
    z.optional(Flists),
    'Where blocks go and are read, as in lockstep.yaml; without it nothing is packed',
  ),
  compress: described(z._default(z.boolean(), false), 'Compress with zstd'),
  output: described(z._default(RelativePath, 'dist/initramfs'), 'Folder for what is made'),
  boot: described(z._default(Boot, Boot.parse({})), 'The boot that it is tried with'),
});
export type InitramfsConfig = z.infer<typeof InitramfsConfig>;

/** JSON Schema of `initramfs.yaml` for editors, from the definition that reads the file. */
export function initramfsJsonSchema(): object {
  return z.toJSONSchema(InitramfsConfig, { io: 'input' });
}
