/** A folder of modules: its name, and what stands right in it. */
export interface ModulesFolder {
  release: string;
  names: ReadonlySet<string>;
}

/** What the kernel's own package puts beside its modules; depmod makes `modules.*` for any. */
const OF_KERNEL = ['modules.builtin', 'kernel'];
const IMAGES = ['vmlinuz', 'vmlinux', 'Image'];
const BOOT_IMAGE =
  /^(?:boot|usr\/lib\/ostree-boot)\/vmlin(?:uz|ux)-(?<release>.+?)(?:-[0-9a-f]{64})?$/;
const UKI = /(?:^|\/)EFI\/Linux\/[^/]+\.efi$/i;

/** True for a unified kernel image (UAPI.5) where a boot loader finds it. */
export function isUnifiedImage(path: string): boolean {
  return UKI.test(path);
}

/**
 * Tells the kernels among folders of modules. A kernel has an image: `vmlinuz` among its modules
 * or in `boot`, or a unified kernel image. Where no folder has one, those count in which there is
 * more of the kernel than modules from outside. `bootFiles`: paths of what may be images;
 * `unified`: releases of unified images whose names do not tell them.
 */
export function installedKernels(
  folders: readonly ModulesFolder[],
  bootFiles: readonly string[],
  unified: readonly string[] = [],
): Set<string> {
  const releases = folders.map(({ release }) => release);
  const booted = new Set([
    ...bootFiles.flatMap((path) => BOOT_IMAGE.exec(path)?.groups?.release ?? []),
    ...bootFiles.filter(isUnifiedImage).flatMap((path) => releaseInName(path, releases) ?? []),
    ...unified,
  ]);
  const withImage = folders.filter(({ release, names }) => booted.has(release) || hasImage(names));
  const whole = withImage.length > 0 ? withImage : folders.filter(isMoreThanModules);
  return new Set(whole.map(({ release }) => release));
}

/**
 * The release that the name of a unified image tells, as kernel-install(8) makes it, with the
 * counter of tries that a boot loader keeps there: `fedora-6.12.1-200.fc41.x86_64+3-1.efi`.
 */
export function releaseInName(path: string, releases: readonly string[]): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/(?:\+\d+(?:-\d+)?)?\.efi$/i, '');
  const isNamed = (release: string) => name === release || name.endsWith(`-${release}`);
  return releases.filter(isNamed).sort((a, b) => b.length - a.length)[0];
}

function hasImage(names: ReadonlySet<string>): boolean {
  return IMAGES.some((name) => names.has(name)) || [...names].some((name) => name.endsWith('.efi'));
}

function isMoreThanModules({ names }: ModulesFolder): boolean {
  return OF_KERNEL.some((name) => names.has(name));
}
