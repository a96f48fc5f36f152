/** What a project's own compatibility table is called; it goes before the shipped one. */
export const COMPAT_FILE = 'lockstep.compat.json';

/** Where OpenZFS's releases are listed. */
export const OPENZFS_REPOSITORY = 'https://api.github.com/repos/openzfs/zfs';
