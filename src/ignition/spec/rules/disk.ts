import type { Report } from '../../schema/rules.ts';
import type { Disk, Partition } from '../config.ts';
import { pathProblem } from './path.ts';

const GUID = /^(?:|[\da-fA-F]{8}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{12})$/;
/** GPT has room for 36 code units (UEFI 2.10, 5.3.3); Ignition counts bytes. */
const LABEL_LENGTH = 36;

/** Rules of disks and partitions. */
export const diskRules = {
  Disk(disk: Disk, report: Report): void {
    if (!disk.device) return report.error(['device'], 'a device is needed');
    report.error(['device'], pathProblem(disk.device));
    collisions(disk.partitions ?? [], report);
  },
  Partition(partition: Partition, report: Report): void {
    const { label, guid, typeGuid, number } = partition;
    const { shouldExist, startMiB, sizeMiB } = partition;
    const described = typeGuid || guid || [label, startMiB, sizeMiB].some((one) => one != null);
    if (shouldExist === false && described)
      report.error([], 'a partition that must not exist cannot be described');
    if (!number && label == null) report.error([], 'a partition needs a number or a label');
    report.error(['label'], labelProblem(label));
    report.error(['guid'], guidProblem(guid));
    report.error(['typeGuid'], guidProblem(typeGuid));
  },
};

function labelProblem(label: string | undefined): string | undefined {
  if (label == null) return undefined;
  if (Buffer.byteLength(label) > LABEL_LENGTH) return `a label has at most ${LABEL_LENGTH} bytes`;
  return label.includes(':') ? 'sgdisk cuts labels at a colon' : undefined;
}

function guidProblem(guid: string | undefined): string | undefined {
  return guid == null || GUID.test(guid)
    ? undefined
    : 'a GUID is written as 01234567-89AB-CDEF-EDCB-A98765432101';
}

function collisions(partitions: readonly Partition[], report: Report): void {
  const twice = (values: readonly unknown[]) =>
    values.findIndex((value, index) => value && values.indexOf(value) < index);
  const at = (index: number, message: string) => {
    if (index >= 0) report.error(['partitions', index], message);
  };
  at(
    twice(partitions.map(({ number }) => number)),
    'this number is taken by a partition before it',
  );
  at(overlapping(partitions), 'this partition and another overlap');
  const absent = partitions.some(({ shouldExist }) => shouldExist === false);
  if (absent && partitions.some(({ number }) => !number))
    report.error(['partitions'], 'beside a partition that must not exist every one needs a number');
  const labels = partitions.map(({ label }) => label);
  at(
    labels.findIndex((label, index) => label != null && labels.indexOf(label) < index),
    'this label is taken by a partition before it',
  );
}

/** Index of the first partition that one with a fixed place meets; -1 when there is none. */
function overlapping(partitions: readonly Partition[]): number {
  const spans = partitions.map(({ startMiB, sizeMiB }) =>
    startMiB && sizeMiB != null
      ? { start: startMiB, end: sizeMiB === 0 ? startMiB : lastOf(startMiB, sizeMiB) }
      : undefined,
  );
  for (const [one, span] of spans.entries()) {
    if (!span) continue;
    const met = spans.findIndex((other, index) => other && index !== one && meet(span, other));
    if (met >= 0) return met;
  }
  return -1;
}

interface Span {
  start: number | bigint;
  end: number | bigint;
}

/** As Ignition asks, for which a partition of negative size may meet another too. */
function meet(one: Span, other: Span): boolean {
  const within = (at: number | bigint) => at >= other.start && at <= other.end;
  return within(one.start) || within(one.end) || (one.start < other.start && one.end > other.end);
}

/** In 64 bits, which Ignition counts in. */
function lastOf(start: number | bigint, size: number | bigint): bigint {
  return BigInt.asIntN(64, BigInt(start) + BigInt(size) - 1n);
}
