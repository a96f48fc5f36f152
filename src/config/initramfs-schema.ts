import { z } from 'zod';
import { Flists } from './flists-schema.ts';
import { ModuleName, PackageChoice, PackageName, RelativePath, Suite } from './words.ts';

const Count = z.number().int().positive();

const Boot = z.strictObject({
  memory: Count.default(1024).describe('MiB of the machine that it is tried in'),
  deadline: Count.default(900).describe('Seconds until a machine that is not done is ended'),
  append: z.array(z.string()).default([]).describe("Words for the kernel's command line"),
  expect: z
    .array(z.string().min(1))
    .default([])
    .describe('What the console must say, beside that the flists are mounted'),
});

/** `initramfs.yaml`: an initramfs that boots from flists (docs/flist.md). */
export const InitramfsConfig = z.strictObject({
  version: z.literal(1),
  suite: Suite.describe("Suite of Debian; the archive is that of the machine's apt"),
  components: z.array(Suite).default(['main']).describe('Components of the archive'),
  kernel: PackageName.default('linux-image-amd64').describe('Package of the kernel'),
  packages: z
    .array(PackageChoice)
    .default(['kmod', 'mount', 'udev'])
    .describe('What is installed beside the essential packages'),
  firmware: z.array(PackageName).default([]).describe('Packages whose firmware goes into a flist'),
  modules: z
    .array(ModuleName)
    .default(['fuse', 'virtio_net'])
    .describe('Modules that stay inside, with those that they need: the way to the store'),
  init: z.enum(['zinit', 'systemd']).describe('What starts services'),
  program: z
    .enum(['lockstep', 'rfs'])
    .default('lockstep')
    .describe('What mounts; rfs comes with the overlay'),
  overlay: RelativePath.optional().describe('Folder of the project that is laid over the root'),
  remove: z.array(z.string().min(1)).default([]).describe('Patterns of paths that are left out'),
  wait: Count.default(30).describe('Seconds that a store may take before the boot goes on'),
  flists: Flists.optional().describe(
    'Where blocks go and are read, as in lockstep.yaml; without it nothing is packed',
  ),
  compress: z.boolean().default(false).describe('Compress with zstd'),
  output: RelativePath.default('dist/initramfs').describe('Folder for what is made'),
  boot: Boot.default(Boot.parse({})).describe('The boot that it is tried with'),
});
export type InitramfsConfig = z.infer<typeof InitramfsConfig>;

/** JSON Schema of `initramfs.yaml` for editors, from the definition that reads the file. */
export function initramfsJsonSchema(): object {
  return z.toJSONSchema(InitramfsConfig, { io: 'input' });
}
