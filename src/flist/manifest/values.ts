import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '../../system/finding.ts';
import { damaged } from './open.ts';
import { FORMAT, KINDS, TYPE_BITS } from './rows.ts';
import type { TableName } from './schema.ts';

/** A value that a manifest may not hold, as a condition on its rows. */
interface Rule {
  table: TableName;
  /** What each row must be. */
  holds: string;
  message: string;
}

const MOST_SHOWN = 20;
/** What JavaScript holds exactly; no kernel gives more. */
const LARGEST = Number.MAX_SAFE_INTEGER;
const whole = (column: string, least: number, most: number) =>
  `typeof(${column}) = 'integer' AND ${column} BETWEEN ${least} AND ${most}`;
const U32 = 2 ** 32 - 1;
const TYPE = `(mode & ${FORMAT})`;

/** Storage classes as sqlx decodes them (rfs: src/fungi/meta.rs), ranges as the kernel has them. */
const RULES: readonly Rule[] = [
  rule('inode', whole('ino', 1, LARGEST), 'the number is out of range'),
  rule('inode', whole('parent', 0, LARGEST), 'the parent is no number'),
  rule(
    'inode',
    "typeof(name) = 'text' AND length(CAST(name AS BLOB)) <= 255",
    'the name is no text of up to 255 bytes',
  ),
  rule('inode', whole('size', 0, LARGEST), 'the size is out of range'),
  rule('inode', whole('uid', 0, U32), 'the owner is out of range'),
  rule('inode', whole('gid', 0, U32), 'the group is out of range'),
  rule(
    'inode',
    `${whole('mode', 0, 0o177777)} AND ${TYPE} IN (${TYPE_BITS.join()})`,
    'the mode is that of no file',
  ),
  rule('inode', whole('rdev', 0, LARGEST), 'the device number is out of range'),
  rule('inode', whole('ctime', -LARGEST, LARGEST), 'the time of change is out of range'),
  rule('inode', whole('mtime', -LARGEST, LARGEST), 'the time is out of range'),
  rule(
    'extra',
    "typeof(data) = 'blob' AND length(data) BETWEEN 1 AND 4095 AND instr(data, x'00') = 0",
    'the target of the link is not 1 to 4095 bytes',
  ),
  rule(
    'extra',
    `ino IN (SELECT ino FROM inode WHERE ${TYPE} = ${KINDS.symlink})`,
    'there is a target and no link',
  ),
  rule('block', "typeof(id) = 'blob' AND length(id) = 32", 'the id of a block is not 32 bytes'),
  rule('block', "typeof(key) = 'blob' AND length(key) = 32", 'the key of a block is not 32 bytes'),
  rule(
    'block',
    `typeof(ino) = 'integer' AND ino IN (SELECT ino FROM inode WHERE ${TYPE} = ${KINDS.file})`,
    'there is a block and no file',
  ),
  rule('tag', "typeof(key) = 'text' AND length(key) <= 4096", 'the key of a tag is no text'),
  rule('tag', "typeof(value) = 'text' AND length(value) <= 65536", 'the value of a tag is no text'),
  rule('route', whole('start', 0, 255), 'the start of a route is no byte'),
  rule('route', whole('end', 0, 255), 'the end of a route is no byte'),
  rule(
    'route',
    "typeof(url) = 'text' AND length(url) BETWEEN 1 AND 8192",
    'the address of a route is no text',
  ),
  rule(
    'inode',
    `${TYPE} <> ${KINDS.symlink} OR ino IN (SELECT ino FROM extra)`,
    'the link has no target',
  ),
];

/** Every row that holds what no reader can take; checked before any of them is read. */
export function checkValues(database: DatabaseSync): Finding[] {
  return RULES.flatMap(({ table, holds, message }) => {
    const wrong = database
      .prepare(
        `SELECT rowid AS row FROM ${table} WHERE NOT ifnull((${holds}), 0) LIMIT ${MOST_SHOWN}`,
      )
      .all();
    return wrong.map(({ row }) => damaged(`${table} ${String(row)}: ${message}`));
  });
}

function rule(table: TableName, holds: string, message: string): Rule {
  return { table, holds, message };
}
