import type { ButaneConfig, ButaneFilesystem } from './butane/config.ts';
import { mountUnit } from './butane/mount-units.ts';
import type { Fields } from './schema/type.ts';

/** Says a part of a document in Butane's own words; undefined when there is nothing to say so. */
export type Sugar = (config: Fields) => Fields | undefined;

/** Each is kept only when the document that comes out stays the same. */
export const sugared: readonly Sugar[] = [mountUnits, lockedBootDevice];

interface Plain extends Omit<ButaneConfig, 'storage' | 'systemd'> {
  storage?: { filesystems?: Filesystem[]; luks?: Luks[] };
  systemd?: { units?: Unit[] };
}

type Filesystem = ButaneFilesystem & { label?: string };

interface Luks {
  name?: string;
  label?: string;
  discard?: boolean;
  device?: string;
  clevis?: { tang?: Fields[]; threshold?: number; tpm2?: boolean };
  cex?: { enabled?: boolean };
}

interface Unit {
  name?: string;
  contents?: string;
}

/** Units that Butane writes for mounts. */
function mountUnits(config: Fields): Fields | undefined {
  const { storage = {}, systemd = {} } = config as Plain;
  const units = systemd.units ?? [];
  const made = new Set<Unit>();
  const filesystems = (storage.filesystems ?? []).map((filesystem) => {
    const unit = units.find((one) => writtenFor(filesystem, one));
    if (!unit) return filesystem;
    made.add(unit);
    return { ...filesystem, with_mount_unit: true };
  });
  if (made.size === 0) return undefined;
  const left = units.filter((unit) => !made.has(unit));
  return {
    ...config,
    storage: { ...storage, filesystems },
    systemd: left.length > 0 ? { ...systemd, units: left } : undefined,
  } as unknown as Fields;
}

function writtenFor(filesystem: Filesystem, { name, contents }: Unit): boolean {
  if (!filesystem.format) return false;
  return [true, false].some((swap) =>
    [true, false].some((remote) => {
      const kind = { swap: swap && filesystem.format === 'swap', remote };
      const unit = mountUnit(filesystem, kind);
      return unit.name === name && unit.contents === contents;
    }),
  );
}

/** A root that is locked by TPM, Tang or cex, as `boot_device.luks` makes it. */
function lockedBootDevice(config: Fields): Fields | undefined {
  const { storage = {} } = config as Plain;
  const root = storage.luks?.find(({ name, label }) => name === 'root' && label === 'luks-root');
  if (!root) return undefined;
  const { clevis = {}, cex, discard } = root;
  const luks = {
    ...(cex && { cex }),
    ...(discard != null && { discard }),
    ...(clevis.tang && { tang: clevis.tang }),
    ...(clevis.threshold != null && { threshold: clevis.threshold }),
    ...(clevis.tpm2 != null && { tpm2: clevis.tpm2 }),
  };
  const others = storage.luks?.filter((one) => one !== root) ?? [];
  const filesystems =
    storage.filesystems?.filter(({ device }) => device !== '/dev/mapper/root') ?? [];
  const { luks: _, filesystems: __, ...rest } = storage as Fields;
  const left = {
    ...rest,
    ...(filesystems.length > 0 && { filesystems }),
    ...(others.length > 0 && { luks: others }),
  };
  const { variant, version, storage: ___, ...body } = config;
  return {
    variant,
    version,
    boot_device: { luks },
    ...body,
    ...(Object.keys(left).length > 0 && { storage: left }),
  } as unknown as Fields;
}
