/** What `uname -m` says where OCI and Debian use another word. */
const MACHINES: Readonly<Record<string, string>> = {
  '386': 'i686',
  amd64: 'x86_64',
  arm: 'armv7l',
  arm64: 'aarch64',
  armhf: 'armv7l',
  i386: 'i686',
  ppc64el: 'ppc64le',
};

/** The machine as `uname -m` says it, of an architecture as OCI or Debian names it. */
export function machineOf(architecture: string): string {
  return MACHINES[architecture] ?? architecture;
}
