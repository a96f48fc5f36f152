/** Which kernel of an archive to take. The archive moves on, so it is named by what it is. */
export interface Selection {
  /** Suite as `sources.list` names it. */
  suite: string;
  /** What its `uname -r` looks like. */
  release: RegExp;
  /** Which of those whose headers are in the archive as well. */
  pick: 'newest' | 'oldest';
  /** The compiler that Debian builds this kernel with. */
  compiler: string;
}

const bookworm = { suite: 'bookworm', compiler: 'gcc-12' } as const;
const bookwormBackports = { suite: 'bookworm-backports', compiler: 'gcc-12' } as const;
const trixie = { suite: 'trixie', compiler: 'gcc-14' } as const;
const trixieBackports = { suite: 'trixie-backports', compiler: 'gcc-14' } as const;

/** Two suites and their backports; cloud, generic and real-time flavours; neighbours of each other. */
export const SELECTIONS: readonly Selection[] = [
  { ...bookworm, release: /^6\.1\.0-\d+-cloud-amd64$/, pick: 'newest' },
  { ...bookworm, release: /^6\.1\.0-\d+-cloud-amd64$/, pick: 'oldest' },
  { ...bookworm, release: /^6\.1\.0-\d+-amd64$/, pick: 'newest' },
  { ...bookworm, release: /^6\.1\.0-\d+-rt-amd64$/, pick: 'newest' },
  { ...bookwormBackports, release: /^6\.12\.[\d.]+\+deb12[\d.]*-cloud-amd64$/, pick: 'newest' },
  { ...bookwormBackports, release: /^6\.12\.[\d.]+\+deb12[\d.]*-cloud-amd64$/, pick: 'oldest' },
  { ...bookwormBackports, release: /^6\.12\.[\d.]+\+deb12[\d.]*-amd64$/, pick: 'newest' },
  { ...trixie, release: /^6\.12\.[\d.]+\+deb13[\d.]*-cloud-amd64$/, pick: 'newest' },
  { ...trixie, release: /^6\.12\.[\d.]+\+deb13[\d.]*-cloud-amd64$/, pick: 'oldest' },
  { ...trixieBackports, release: /^7\.[\d.]+\+deb13[\d.]*-cloud-amd64$/, pick: 'newest' },
  { ...trixieBackports, release: /^7\.[\d.]+\+deb13[\d.]*-cloud-amd64$/, pick: 'oldest' },
];

/** What the tests run: two neighbours, one compiler. */
export const FEW: readonly Selection[] = SELECTIONS.slice(0, 2);
