/**
 * Labels that an image gets from its base and that are untrue or harmful in it: what the base is
 * called and was made of, and when its registry may throw it away (quay.expires-after, which
 * Fedora's own images carry). `ostree.final-diffid` and `containers.bootc` stay: hosts need them.
 */
const UNTRUE = [
  /^org\.opencontainers\.image\./,
  /^quay\.expires-after$/,
  /^ostree\.linux$/,
  /^dev\.hhd\.rechunk\./,
  /^(?:com\.coreos|rpmostree)\.inputhash$/,
  /^io\.buildah\.version$/,
];

/** The inherited labels that still hold for an image made from a base. */
export function truthful(labels: Readonly<Record<string, string>>): Record<string, string> {
  const holds = ([name]: [string, string]) => !UNTRUE.some((pattern) => pattern.test(name));
  return Object.fromEntries(Object.entries(labels).filter(holds));
}
