import { LockstepError } from '../system/error.ts';
import { lastLines, type RunResult } from '../system/process.ts';
import type { Buildah } from './buildah.ts';

/**
 * An image in a layout on this machine: the reference names the layout by a path from a folder,
 * since buildah makes a name of it and refuses one with capitals or dots in its folders.
 */
export interface LocalImage {
  reference: string;
  cwd: string;
}

export interface ImageCommand {
  command: readonly string[];
  /** `HOST-FOLDER:FOLDER[:ro]`. */
  volumes?: readonly string[];
  onLine?: (line: string) => void;
}

const CONTAINER = 'lockstep-ask';

/** Runs a command in a container of an image, which is gone afterwards; any exit status is an answer. */
export async function tryInImage(
  buildah: Buildah,
  image: LocalImage,
  { command, volumes = [], onLine }: ImageCommand,
): Promise<RunResult> {
  await buildah.try(['rm', CONTAINER]);
  await buildah.call(['from', '--name', CONTAINER, image.reference], { cwd: image.cwd });
  try {
    const mounts = volumes.flatMap((volume) => ['-v', volume]);
    const args = ['run', '--isolation', 'chroot', ...mounts, CONTAINER, '--', ...command];
    return await buildah.try(args, { ...(onLine && { onLine }) });
  } finally {
    await buildah.try(['rm', CONTAINER]);
  }
}

/** What a command in an image prints; throws `program-failed` when it fails. */
export async function runInImage(
  buildah: Buildah,
  image: LocalImage,
  command: readonly string[],
): Promise<string> {
  const { status, stdout, stderr } = await tryInImage(buildah, image, { command });
  if (status === 0) return stdout;
  const said = lastLines(stdout + stderr, 8);
  throw new LockstepError(
    'program-failed',
    `${command.join(' ')} failed in ${image.reference}\n${said}`,
  );
}
