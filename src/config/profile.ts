/** What a first configuration is made from. */
export interface Profile {
  suite: string;
  kernel: string;
  registry: string;
  image: string;
}

export const profiles = ['debian'] as const;

export type ProfileName = (typeof profiles)[number];

const DEFAULTS: Record<ProfileName, Profile> = {
  debian: {
    suite: 'bookworm',
    kernel: 'linux-image-cloud-amd64',
    registry: 'oci:./store',
    image: 'debian-zfs',
  },
};

/** The text of a configuration; answers take the place of a profile's defaults. */
export function profileConfig(name: ProfileName, answers: Partial<Profile> = {}): string {
  const { suite, kernel, registry, image } = { ...DEFAULTS[name], ...answers };
  return `version: 1
name: ${image}
base:
  debian: { suite: ${suite}, kernel: ${kernel} }
modules:
  - name: zfs
    debian: zfs-linux        # source package of the same archive
image:
  packages: [zfsutils-linux]
  enable: [zfs.target]
publish:
  registry: ${registry}      # host/owner, or oci:DIR for a folder of OCI image layouts
  image: ${image}
  kmods: kmods-zfs
gates: { boot: zfs }         # booted and used before every promotion
`;
}
