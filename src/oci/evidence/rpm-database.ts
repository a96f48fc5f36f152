import type { Finding } from '../../system/finding.ts';

/** Where images keep their rpm database: ostree and bootc, Fedora since 36, before that. */
export const RPM_FOLDERS: readonly string[] = [
  'usr/share/rpm',
  'usr/lib/sysimage/rpm',
  'var/lib/rpm',
];

/** Formats other than SQLite, by the name of their file (rpm: lib/backend/). */
const UNREAD = [
  { file: 'Packages', format: 'BerkeleyDB', of: 'rpm before 4.16, as in RHEL 8 and Fedora 32' },
  { file: 'Packages.db', format: 'ndb', of: 'SUSE' },
] as const;

/** Paths of databases that are not read. */
export const UNREAD_DATABASES: readonly string[] = RPM_FOLDERS.flatMap((folder) =>
  UNREAD.map(({ file }) => `${folder}/${file}`),
);

/** What it means that an image has its packages in a database that is not read. */
export function unreadDatabase(path: string): Finding {
  const known = UNREAD.find(({ file }) => path.endsWith(`/${file}`)) ?? UNREAD[0];
  return {
    rule: 'rpm-database-unread',
    severity: 'warning',
    message: `${path} is an rpm database in the format ${known.format} (${known.of}), and only SQLite is read: which packages are installed is not known`,
    where: { file: path },
    expected: 'rpmdb.sqlite',
    found: known.format,
    hint: "convert it in the image, with rpm 4.16 or later: rpmdb --define '_db_backend sqlite' --rebuilddb",
  };
}
