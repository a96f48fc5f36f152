/** Annotations and labels of an OS image (docs/artifacts.md). */
export const IMAGE_ANNOTATION = {
  kernel: 'dev.lockstep.kernel',
  module: (name: string) => `dev.lockstep.module.${name}`,
  /** Digest of the stored inputs of the run that composed it. */
  inputs: 'dev.lockstep.inputs',
  /** Digest of all that decides what the image holds. */
  key: 'dev.lockstep.image-key',
  kmods: 'dev.lockstep.kmods',
  created: 'org.opencontainers.image.created',
  version: 'org.opencontainers.image.version',
  baseName: 'org.opencontainers.image.base.name',
  baseDigest: 'org.opencontainers.image.base.digest',
  /** What tools of the ostree world read the kernel from. */
  ostreeKernel: 'ostree.linux',
} as const;
