import type { Path } from '../problem/path.ts';
import type { Fields } from '../schema/type.ts';
import type { Disk, Filesystem, IgnitionConfig, Luks, Partition, Storage } from '../spec/config.ts';
import type { BootDevice, BootDeviceLuks, ButaneConfig } from './config.ts';
import { mergeOver, type Translation, translateFields } from './translate.ts';

/*
 * Partitions of a mirrored boot disk, as the image of Fedora CoreOS has them: none may be smaller
 * than the one it stands for, and BIOS-BOOT must lie where it lies there.
 */
const RESERVED = { sizeMiB: 1, typeGuid: '8DA63339-0007-60C0-C436-083AC8230908' };
const BIOS = { sizeMiB: 1, typeGuid: '21686148-6449-6E6F-744E-656564454649' };
const PREP = { sizeMiB: 4, typeGuid: '9E1A2D38-C612-4316-AA26-8B49521E5A8B' };
const ESP = { sizeMiB: 127, typeGuid: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B' };
const BOOT = { sizeMiB: 384 };

/** First and second partition of each layout. */
const FIRST: Record<string, [string, Partition]> = {
  x86_64: ['bios', BIOS],
  ppc64le: ['prep', PREP],
};
const WITH_EFI = ['x86_64', 'aarch64'];
/** Which partition of the boot disk is its root, where the layout names the disk itself. */
const ROOT_OF_DISK: Record<string, string> = { 's390x-eckd': '2', 's390x-zfcp': '4' };

/** Turns `boot_device` into disks, arrays, a locked volume and a root; the document's own win. */
export function addBootDevice(
  from: ButaneConfig,
  to: IgnitionConfig,
  translation: Translation,
): IgnitionConfig {
  const { boot_device: device = {} } = from;
  const { luks = {}, mirror } = device;
  const locked = luks.tpm2 || luks.tang?.length || luks.cex?.enabled;
  const mirrored = (mirror?.devices?.length ?? 0) > 0;
  if (!locked && !mirrored) return to;
  const sugar = new BootStorage(device, translation);
  if (mirrored) sugar.mirror(mirror?.devices ?? []);
  if (locked) sugar.lock(luks, mirrored);
  sugar.root(locked ? '/dev/mapper/root' : '/dev/md/md-root');
  return mergeOver({ storage: sugar.storage } as unknown as Fields, to as Fields, translation);
}

class BootStorage {
  readonly storage: Storage = {};
  readonly #layout: string;
  readonly #translation: Translation;
  readonly #filesystems: Filesystem[] = [];

  constructor({ layout = 'x86_64' }: BootDevice, translation: Translation) {
    this.#layout = layout;
    this.#translation = translation;
    this.storage.filesystems = this.#from(['boot_device'], this.#filesystems);
    this.#from(['boot_device'], this.storage);
  }

  #from<T extends object>(path: Path, part: T): T {
    this.#translation.origins.whole(part, path);
    return part;
  }

  mirror(devices: readonly string[]): void {
    const path = ['boot_device', 'mirror'];
    const disks = devices.map((device, index) => this.#disk(device, index));
    this.storage.disks = this.#from([...path, 'devices'], disks);
    const array = (name: string) => ({
      devices: devices.map((_, index) => `/dev/disk/by-partlabel/${name}-${index + 1}`),
      level: 'raid1',
      name: `md-${name}`,
    });
    // With its superblock at the end, firmware that knows nothing of arrays reads /boot.
    const boot = { ...array('boot'), options: ['--metadata=1.0'] };
    this.storage.raid = this.#from(path, [boot, array('root')]);
    this.#filesystems.push(
      this.#from(path, {
        device: '/dev/md/md-boot',
        format: 'ext4',
        label: 'boot',
        wipeFilesystem: true,
      }),
    );
  }

  #disk(device: string, index: number): Disk {
    const path = ['boot_device', 'mirror', 'devices', index];
    const partition = (name: string, rest: Partition) => ({
      label: `${name}-${index + 1}`,
      ...rest,
    });
    const efi = WITH_EFI.includes(this.#layout);
    const partitions = [
      partition(...(FIRST[this.#layout] ?? (['reserved', RESERVED] as [string, Partition]))),
      efi ? partition('esp', ESP) : partition('reserved', RESERVED),
      partition('boot', BOOT),
      partition('root', {}),
    ];
    if (efi) {
      const label = `esp-${index + 1}`;
      const device = `/dev/disk/by-partlabel/${label}`;
      this.#filesystems.push(
        this.#from(path, { device, format: 'vfat', label, wipeFilesystem: true }),
      );
    }
    return this.#from(path, { device, partitions, wipeTable: true });
  }

  lock(luks: BootDeviceLuks, mirrored: boolean): void {
    const path = ['boot_device', 'luks'];
    const ofDisk = ROOT_OF_DISK[this.#layout];
    const device = ofDisk
      ? `${luks.device}${ofDisk}`
      : mirrored
        ? '/dev/md/md-root'
        : '/dev/disk/by-partlabel/root';
    const volume: Luks = {
      ...(luks.cex?.enabled ? { cex: { enabled: true } } : { clevis: this.#clevis(luks) }),
      device,
      ...(luks.discard != null && { discard: luks.discard }),
      label: 'luks-root',
      name: 'root',
      wipeVolume: true,
    };
    const { origins } = this.#translation;
    this.storage.luks = this.#from(path, [this.#from(path, volume)]);
    origins.field(volume, 'discard', [...path, 'discard']);
    for (const part of [volume.clevis, volume.cex])
      if (part) origins.moved(part, { path: [...origins.base, ...path], common: false });
  }

  #clevis({ tang, threshold, tpm2 }: BootDeviceLuks): NonNullable<Luks['clevis']> {
    const from = { storage: { luks: [{ clevis: { tang, threshold, tpm2 } as Fields }] } };
    const made: IgnitionConfig = translateFields(from, {}, this.#translation);
    return made.storage?.luks?.[0]?.clevis ?? {};
  }

  root(device: string): void {
    this.#filesystems.push(
      this.#from(['boot_device'], { device, format: 'xfs', label: 'root', wipeFilesystem: true }),
    );
  }
}
