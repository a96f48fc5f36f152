/**
 * Whether Linux takes a module's vermagic for its own (`same_magic`, kernel/module/version.c):
 * with versions of symbols the release, the first word, is not looked at.
 */
export function sameMagic(module: string, kernel: string, hasVersions: boolean): boolean {
  return hasVersions ? afterRelease(module) === afterRelease(kernel) : module === kernel;
}

/** The kernel release in a vermagic: its first word. */
export function releaseOfVermagic(vermagic: string): string {
  return vermagic.slice(0, vermagic.length - afterRelease(vermagic).length);
}

/** True when a vermagic says that symbols have versions (include/linux/vermagic.h). */
export function magicHasModversions(vermagic: string): boolean {
  return vermagic.split(' ').includes('modversions');
}

function afterRelease(vermagic: string): string {
  const space = vermagic.indexOf(' ');
  return space < 0 ? '' : vermagic.slice(space);
}
