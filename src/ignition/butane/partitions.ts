import { type Problem, warning } from '../problem/problem.ts';
import type { Disk, IgnitionConfig, Partition } from '../spec/config.ts';

/** Numbers of the partitions that the image of Fedora CoreOS has, by their labels. */
const NUMBERS: Record<string, number> = {
  'BIOS-BOOT': 1,
  'PowerPC-PReP-boot': 1,
  'EFI-SYSTEM': 2,
  boot: 3,
  root: 4,
};
/** Smaller than this (MiB) the root fills up with updates. */
const ROOT_SIZE = 8192;

/** What Fedora CoreOS says of the partitions that are made; `root` from 1.5 on. Paths are Ignition's. */
export function partitionWarnings(config: IgnitionConfig, root: boolean): Problem[] {
  return (config.storage?.disks ?? []).flatMap((disk, at) =>
    (disk.partitions ?? []).flatMap((partition, index) => {
      const path = ['storage', 'disks', at, 'partitions', index];
      const { label = '' } = partition;
      const small = root && label === 'root' ? rootProblem(disk, index) : undefined;
      const found = small ? [warning([...path, small.field], small.message)] : [];
      if (!disk.wipeTable && isReserved(partition))
        found.push(
          warning([...path, 'label'], `${label} is partition ${NUMBERS[label]} of the image`),
        );
      return found;
    }),
  );
}

function isReserved({ label = '', number = 0 }: Partition): boolean {
  return Object.hasOwn(NUMBERS, label) && NUMBERS[label] !== number;
}

function rootProblem(
  { partitions = [] }: Disk,
  index: number,
): { field: keyof Partition; message: string } | undefined {
  const size = partitions[index]?.sizeMiB;
  if (size)
    return size < ROOT_SIZE
      ? { field: 'sizeMiB', message: 'the root needs at least 8 GiB' }
      : undefined;
  const blocked = partitions.slice(index + 1).some(({ startMiB }) => !startMiB);
  return blocked
    ? { field: 'label', message: 'the root cannot grow: the next partition starts right behind it' }
    : undefined;
}
