import { type Digest, isDigest } from '../../system/digest.ts';

/** Annotations and labels of an OS image (docs/artifacts.md). */
export const IMAGE_ANNOTATION = {
  kernel: 'dev.lockstep.kernel',
  module: (name: string) => `dev.lockstep.module.${name}`,
  /** Digest of the stored inputs of the run that composed it. */
  inputs: 'dev.lockstep.inputs',
  /** Digest of all that decides what the image holds. */
  key: 'dev.lockstep.image-key',
  /** The kmods image of each kernel, as `kmodsText` writes them. */
  kmods: 'dev.lockstep.kmods',
  created: 'org.opencontainers.image.created',
  version: 'org.opencontainers.image.version',
  baseName: 'org.opencontainers.image.base.name',
  baseDigest: 'org.opencontainers.image.base.digest',
  /** What tools of the ostree world read the kernel from. */
  ostreeKernel: 'ostree.linux',
} as const;

/**
 * The label by which GitHub links a package to the repository whose workflow pushes it, so that it
 * inherits its permissions; none outside of a workflow.
 */
export function sourceLabel(env: NodeJS.ProcessEnv): Record<string, string> {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = env;
  if (!server || !repository) return {};
  return { 'org.opencontainers.image.source': `${server}/${repository}` };
}

/** The kmods image that an OS image has for one of its kernels. */
export interface KmodsOfKernel {
  kernel: string;
  digest: Digest;
}

/** `KERNEL=DIGEST` of each kmods image, with spaces between. */
export function kmodsText(kmods: readonly KmodsOfKernel[]): string {
  return kmods.map(({ kernel, digest }) => `${kernel}=${digest}`).join(' ');
}

/** The kmods images that an OS image says it is made of; nothing where it does not say so. */
export function kmodsSaid(annotations: Readonly<Record<string, string>>): KmodsOfKernel[] {
  const entries = (annotations[IMAGE_ANNOTATION.kmods] ?? '').split(' ');
  return entries.flatMap((entry) => {
    const [, kernel, digest] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
    return kernel && digest && isDigest(digest) ? [{ kernel, digest }] : [];
  });
}
