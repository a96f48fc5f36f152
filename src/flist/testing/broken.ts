import { DatabaseSync } from 'node:sqlite';

/** Changes a manifest with SQL, as whoever made a broken one would. */
export function breakManifest(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

/** Ways to break a manifest, and the rule that tells of each. */
export const BROKEN: { name: string; sql: string; rule: string }[] = [
  { name: 'no table of inodes', sql: 'DROP TABLE inode', rule: 'manifest-damaged' },
  {
    name: 'a view for a table',
    sql: 'DROP TABLE tag; CREATE VIEW tag AS SELECT 1 AS key, 2 AS value',
    rule: 'manifest-damaged',
  },
  {
    name: 'a made-up column',
    sql: 'DROP TABLE tag; CREATE TABLE tag (key TEXT, value TEXT AS (hex(zeroblob(1000000000))))',
    rule: 'manifest-damaged',
  },
  {
    name: 'an index that is computed',
    sql: 'CREATE INDEX heavy ON tag (hex(zeroblob(1000000000)))',
    rule: 'manifest-damaged',
  },
  {
    name: 'an index of some rows',
    sql: 'CREATE INDEX some ON inode (ino) WHERE ino > 1',
    rule: 'manifest-damaged',
  },
  {
    name: 'a table with a constraint',
    sql: 'CREATE TABLE other (a CHECK (length(hex(zeroblob(1000000000))) > 0))',
    rule: 'manifest-damaged',
  },
  {
    name: 'a table of a module of SQLite',
    sql: 'CREATE VIRTUAL TABLE other USING fts5(text)',
    rule: 'manifest-damaged',
  },
  {
    name: 'folders in folders without end',
    sql: `WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO inode SELECT i, CASE i WHEN 10 THEN 1 ELSE i - 1 END, hex(zeroblob(100)), 0, 0, 0, 16877, 0, 0, 0 FROM n`,
    rule: 'manifest-damaged',
  },
  {
    name: 'a name that is bytes',
    sql: "UPDATE inode SET name = x'6162' WHERE ino = 3",
    rule: 'manifest-damaged',
  },
  {
    name: 'a size that is text',
    sql: "UPDATE inode SET size = 'large' WHERE ino = 3",
    rule: 'manifest-damaged',
  },
  {
    name: 'a size below zero',
    sql: 'UPDATE inode SET size = -1 WHERE ino = 3',
    rule: 'manifest-damaged',
  },
  {
    name: 'a mode of no file',
    sql: 'UPDATE inode SET mode = 420 WHERE ino = 3',
    rule: 'manifest-damaged',
  },
  { name: 'a short key', sql: "UPDATE block SET key = x'00'", rule: 'manifest-damaged' },
  { name: 'an id that is text', sql: 'UPDATE block SET id = hex(id)', rule: 'manifest-damaged' },
  { name: 'a link without target', sql: 'DELETE FROM extra', rule: 'manifest-damaged' },
  { name: 'a route that is no byte', sql: 'UPDATE route SET end = 256', rule: 'manifest-damaged' },
  { name: 'two roots', sql: 'UPDATE inode SET parent = 0 WHERE ino = 2', rule: 'tree-root' },
  { name: 'no root', sql: 'UPDATE inode SET parent = 2 WHERE ino = 1', rule: 'tree-root' },
  {
    name: 'a folder in itself',
    sql: "UPDATE inode SET parent = ino WHERE name = 'folder'",
    rule: 'tree-cycle',
  },
  {
    name: 'a parent that is not there',
    sql: 'UPDATE inode SET parent = 99 WHERE ino = 3',
    rule: 'tree-parent',
  },
  {
    name: 'a parent that is a file',
    sql: "UPDATE inode SET parent = (SELECT ino FROM inode WHERE name = 'file') WHERE name = 'link'",
    rule: 'tree-parent',
  },
  {
    name: 'two of a name',
    sql: "UPDATE inode SET name = 'file' WHERE name = 'link'",
    rule: 'duplicate-name',
  },
  ...['', '.', '..', '../../evil', 'a/b', '/etc/passwd'].map((name) => ({
    name: `the name ${JSON.stringify(name)}`,
    sql: `UPDATE inode SET name = '${name}' WHERE name = 'file'`,
    rule: 'unsafe-name',
  })),
  {
    name: 'a name with a zero byte',
    sql: "UPDATE inode SET name = 'a' || char(0) || 'b' WHERE name = 'file'",
    rule: 'unsafe-name',
  },
  {
    name: 'a name that is no UTF-8',
    sql: "UPDATE inode SET name = CAST(x'61ff' AS TEXT) WHERE name = 'file'",
    rule: 'name-not-utf8',
  },
  { name: 'a route to nowhere', sql: "UPDATE route SET url = 'ftp://x/y'", rule: 'route-invalid' },
  {
    name: 'a route that rfs cannot open',
    sql: "UPDATE route SET url = 's3+tls://u:p@h:1/b'",
    rule: 'route-invalid',
  },
  { name: 'a gap in the routes', sql: 'UPDATE route SET start = 16', rule: 'route-gap' },
  {
    name: 'a block too few',
    sql: 'DELETE FROM block WHERE rowid = (SELECT max(rowid) FROM block)',
    rule: 'block-count',
  },
  {
    name: 'a size that its blocks cannot have',
    sql: "UPDATE inode SET size = 9000000000000 WHERE name = 'file'",
    rule: 'block-count',
  },
];

/** Manifests that are odd and can be used, and the warning that tells of each. */
export const ODD: { name: string; sql: string; rule: string }[] = [
  {
    name: 'a name that rfs has changed',
    sql: "UPDATE inode SET name = 'a' || char(65533) WHERE name = 'file'",
    rule: 'name-not-utf8',
  },
  {
    name: 'a group that is not the owner',
    sql: 'UPDATE inode SET gid = uid + 1 WHERE ino = 3',
    rule: 'gid-differs',
  },
  {
    name: 'a file that nobody may read',
    sql: "UPDATE inode SET mode = 32768 WHERE name = 'file'",
    rule: 'mode-odd',
  },
  {
    name: 'a route with a password',
    sql: "INSERT INTO route VALUES (0, 255, 's3://user:password@127.0.0.1:9/bucket')",
    rule: 'route-credentials',
  },
];
