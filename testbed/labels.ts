/** Which kind of base an image plays: they differ in what their labels say of the kernel. */
export type Flavour = 'kinoite' | 'coreos';

/** What labels speak of. */
export interface Labelled {
  flavour: Flavour;
  osVersion: string;
  /** Grows with each build of a day. */
  build: number;
  /** The kernel that the label names. */
  kernel: string;
}

/** The day that the testbed plays. */
const DAY = '20261120';

/** The immutable tag of a base, written as those who publish such images write it. */
export function versionOfBase({ flavour, osVersion, build }: Labelled): string {
  return flavour === 'coreos' ? `${osVersion}.${DAY}.3.${build}` : `${osVersion}.${DAY}.${build}`;
}

/**
 * Labels as such images carry them in the wild: Fedora's desktops name their kernel, and Universal
 * Blue's images pass on when a registry deletes them; Fedora CoreOS has named no kernel since 43.
 */
export function labelsOf(base: Labelled): Record<string, string> {
  const version = versionOfBase(base);
  const common = {
    'containers.bootc': '1',
    'io.buildah.version': '1.39.2',
    'org.opencontainers.image.version': version,
  };
  if (base.flavour === 'coreos') {
    return {
      ...common,
      'com.coreos.osname': 'testbed-coreos',
      'com.coreos.stream': 'stable',
      'org.opencontainers.image.description': 'Testbed CoreOS stable',
      'org.opencontainers.image.title': 'Testbed CoreOS stable',
    };
  }
  return {
    ...common,
    'org.opencontainers.image.title': 'Testbed Kinoite',
    'ostree.bootable': 'true',
    'ostree.linux': base.kernel,
    'quay.expires-after': '4w',
  };
}
