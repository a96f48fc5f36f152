import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import type { KernelRange } from '../module-source.ts';
import { describeRange } from '../range.ts';
import { statesRange } from './tag-meta.ts';

/** What the two META files of a release state. */
export interface TwoRanges {
  version: string;
  /** Of the archive that is built. */
  tarball: KernelRange;
  /** Of the tag in the repository; undefined when it could not be told. */
  tag: KernelRange | undefined;
}

/**
 * Holds META of the tarball against META of the tag. The tarball counts, since it is what is
 * built and what its configure checks; where the tag says otherwise, that is said. A tarball
 * without a maximum that can be meant (99.99 in 2.4.2) would let every kernel pass: it is refused
 * with `gate-failed`, even though the tag says better, because nobody has tested what it holds
 * under that name.
 */
export function agreementOf({ version, tarball, tag }: TwoRanges): Finding[] {
  if (!statesRange(tarball)) throw refused(version, tarball, tag);
  if (!tag) {
    const message = `META of the tag zfs-${version} could not be read; the tarball says ${describeRange(tarball)}`;
    return [{ rule: 'meta-of-tag-missing', severity: 'warning', message }];
  }
  if (tag.min === tarball.min && tag.max === tarball.max) return [];
  return [
    {
      rule: 'meta-disagreement',
      severity: 'warning',
      message: `the two META files of OpenZFS ${version} disagree: the tarball says ${describeRange(tarball)}, the tag says ${describeRange(tag)}`,
      expected: describeRange(tag),
      found: describeRange(tarball),
      hint: 'the tarball counts, since it is what is built; tell upstream',
    },
  ];
}

function refused(version: string, tarball: KernelRange, tag: KernelRange | undefined) {
  const says = tarball.max ? `a maximum of Linux ${tarball.max}` : 'no maximum';
  const other = tag ? `META of the tag says ${describeRange(tag)}` : 'META of the tag is unknown';
  return new LockstepError(
    'gate-failed',
    `META in the tarball of OpenZFS ${version} states ${says}, which cannot be meant; ${other}`,
    {
      context: { version, tarball: tarball.max, tag: tag?.max },
      hint: 'wait for the next patch of the line; stable stays as it is until then',
    },
  );
}
