/**
 * How far a piece of evidence can be trusted. `seen`: files of the image. `stated`: written by
 * whoever made this image. `inherited`: images get it from their base, so it may be stale.
 */
export type Trust = 'seen' | 'stated' | 'inherited';

/** One thing that says which kernel is in an image. */
export interface KernelEvidence {
  source: 'annotation' | 'index' | 'label' | 'rechunk' | 'directory' | 'package' | 'rpm-database';
  /** The label, annotation or path. */
  where: string;
  kernel: string;
  trust: Trust;
}
