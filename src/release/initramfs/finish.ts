import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import { writeInitramfs } from './archive.ts';
import { assemble } from './assemble.ts';
import { bootInitramfs } from './boot-test.ts';
import { type BuiltInitramfs, type InitramfsOptions, isThere } from './options.ts';
import type { Parts } from './parts.ts';
import type { Stages } from './stage.ts';
import { validateRoot } from './validation.ts';

/** Says what is left out, and what would keep a machine from booting. */
export async function validate(
  { made, digests, inside, release, flists }: Parts,
  { config: { program } }: InitramfsOptions,
  stages: Stages,
): Promise<Finding[]> {
  await stages.take({
    name: 'cleanup',
    inputs: digests,
    run: async () => {
      const { removed } = await assemble(made);
      stages.say('cleanup', `${removed.files} files, ${removed.bytes} bytes are left out`);
      return removed;
    },
  });
  const wanted = { program, release, modules: inside, hasFlists: flists.length > 0 };
  return stages.take({
    name: 'validation',
    inputs: [digests, program],
    run: async () => validateRoot((await assemble(made)).root, wanted),
  });
}

type Written = Pick<BuiltInitramfs, 'vmlinuz' | 'initramfs' | 'digest' | 'size'>;

/** Writes kernel and initramfs to where the user wants them. */
export function write(
  { made, digests, vmlinuz: image }: Parts,
  { config, project }: InitramfsOptions,
  stages: Stages,
): Promise<Written> {
  const { compress } = config;
  const output = join(project, config.output);
  const initramfs = join(output, compress ? 'initramfs.cpio.zst' : 'initramfs.cpio');
  const vmlinuz = join(output, 'vmlinuz');
  return stages.take({
    name: 'initramfs',
    inputs: [digests, compress, initramfs],
    run: async () => {
      await mkdir(output, { recursive: true });
      await copyFile(image, vmlinuz);
      await writeInitramfs(initramfs, (await assemble(made)).root, { compress });
      return { vmlinuz, initramfs, ...(await digestOfFile(initramfs)) };
    },
    isKept: async (kept) =>
      (await isThere(vmlinuz)) &&
      (await digestOfFile(initramfs).catch(() => undefined))?.digest === kept.digest,
  });
}

/** Boots it until the flists are mounted; nothing is waited for without flists and `boot.expect`. */
export async function bootTest(
  { vmlinuz, initramfs, digest, flists }: Written & Pick<Parts, 'flists'>,
  options: InitramfsOptions,
  stages: Stages,
): Promise<void> {
  const { boot } = options.config;
  const expect = [...flists.map(({ place }) => place), ...boot.expect];
  if (expect.length === 0) return;
  const onLine = (line: string) => stages.say('boot-test', line);
  await stages.take({
    name: 'boot-test',
    inputs: [digest, boot, expect],
    run: (folder) =>
      bootInitramfs({ kernel: vmlinuz, initramfs, boot, expect }, { ...options, folder, onLine }),
  });
}
