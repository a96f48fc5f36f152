import { DatabaseSync } from 'node:sqlite';
import { oneOf, type Random } from '../../system/testing/fuzz.ts';
import { COLUMNS, type TableName } from '../manifest/schema.ts';

/** Changes a manifest as somebody would who knows SQL and means ill; what SQLite refuses is left out. */
export function mutateRows(path: string, random: Random): void {
  using database = new DatabaseSync(path);
  database.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cell_size_check = OFF',
  );
  for (let count = 1 + random(4); count > 0; count--) {
    try {
      database.exec(statement(random));
    } catch {
      // Another statement may fit.
    }
  }
}

function statement(random: Random): string {
  return oneOf(random, [update, update, update, remove, repeat, shape, route, many, schema])(
    random,
  );
}

const TABLES = Object.keys(COLUMNS) as [TableName, ...TableName[]];

function place(random: Random): { table: TableName; column: string; row: number } {
  const table = oneOf(random, TABLES);
  const columns = COLUMNS[table] as readonly [string, ...string[]];
  return { table, column: oneOf(random, columns), row: 1 + random(12) };
}

function update(random: Random): string {
  const { table, column, row } = place(random);
  const all = random(4) === 0 ? '' : ` WHERE rowid = ${row}`;
  return `UPDATE OR REPLACE ${table} SET "${column}" = ${value(random)}${all}`;
}

function remove(random: Random): string {
  const { table, row } = place(random);
  return `DELETE FROM ${table} WHERE rowid = ${row}`;
}

/** A second row that is like another but for one value. */
function repeat(random: Random): string {
  const { table, column, row } = place(random);
  const values = COLUMNS[table].map((name) => (name === column ? value(random) : `"${name}"`));
  return `INSERT OR REPLACE INTO ${table} SELECT ${values.join()} FROM ${table} WHERE rowid = ${row}`;
}

/** Where things lie in the tree, and what they are. */
function shape(random: Random): string {
  const [ino, other] = [1 + random(12), random(14)];
  const mode = oneOf(random, [0o40755, 0o100644, 0o120777, 0o20600, 0o60600, 0o10644, 0o140755]);
  return oneOf(random, [
    `UPDATE inode SET parent = ${other} WHERE ino = ${ino}`,
    `UPDATE inode SET mode = ${mode} WHERE ino = ${ino}`,
    `UPDATE inode SET name = (SELECT name FROM inode WHERE ino = ${other}) WHERE ino = ${ino}`,
    `UPDATE inode SET size = ${oneOf(random, [0, 1, 524_288, 524_289, 2 ** 52])} WHERE ino = ${ino}`,
    `UPDATE block SET ino = ${other} WHERE rowid = ${1 + random(6)}`,
    `INSERT OR REPLACE INTO extra VALUES (${ino}, ${value(random)})`,
  ]);
}

function route(random: Random): string {
  const url = oneOf(random, [
    'dir:///',
    'dir://..',
    'dir://',
    'http://',
    'http://[::1]:99999/',
    'https://u:p@h/%00',
    's3://',
    's3s://k:%zz@h:1/b?region=',
    's3+tls://h/b',
    'file:///etc/passwd',
    '00-7f=dir:///x',
    '\u0000',
    `http://${'a'.repeat(9000)}/`,
    'javascript:1',
    'http://h/\r\nX: y',
  ]);
  const range = `${random(300) - 20}, ${random(300) - 20}`;
  return oneOf(random, [
    `UPDATE route SET url = ${text(url)}`,
    `INSERT INTO route VALUES (${range}, ${text(url)})`,
    `UPDATE route SET start = ${random(256)}, "end" = ${random(256)}`,
  ]);
}

/** Many rows: folders in folders, names that are the same, blocks of nothing. */
function many(random: Random): string {
  const count = oneOf(random, [10, 300, 3000]);
  const name = oneOf(random, [
    "'a'",
    "'n' || i",
    'hex(zeroblob(127))',
    "'x' || hex(randomblob(60))",
  ]);
  const parent = oneOf(random, ['1', '1000 + i - 1', '1000 + i + 1', '1000']);
  const mode = oneOf(random, [0o40755, 0o100644]);
  const rows = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  return oneOf(random, [
    `${rows} INSERT INTO inode SELECT 1000 + i, CASE i WHEN 1 THEN 1 ELSE ${parent} END, ${name}, 0, 0, 0, ${mode}, 0, 0, 0 FROM n`,
    `${rows} INSERT INTO block SELECT ${random(12)}, zeroblob(32), zeroblob(32) FROM n`,
    `${rows} INSERT INTO route SELECT i % 256, i % 256, 'dir:///x' FROM n`,
    `${rows} INSERT INTO tag SELECT 't' || i, i FROM n`,
  ]);
}

const HEAVY = 'length(hex(zeroblob(400000000))) > 0';

/** Tables, indexes and views that run what their author wrote. */
function schema(random: Random): string {
  const table = oneOf(random, TABLES);
  const columns = COLUMNS[table].map((name) => `"${name}"`);
  const [first = ''] = columns;
  const made = (rest: string) => `CREATE TABLE fresh (${columns.join()} ${rest})`;
  const swap = `DROP TABLE ${table}; ALTER TABLE fresh RENAME TO ${table}`;
  return oneOf(random, [
    `DROP TABLE ${table}`,
    `DROP TABLE ${table}; CREATE VIEW ${table} AS SELECT ${columns.map((name) => `1 AS ${name}`).join()}`,
    `${made('')}; INSERT INTO fresh SELECT * FROM ${table}; ${swap}`,
    `${made(`, CHECK (${HEAVY})`)}; PRAGMA ignore_check_constraints = ON; INSERT INTO fresh SELECT * FROM ${table}; ${swap}`,
    `CREATE TABLE another (a CHECK (${HEAVY})); PRAGMA ignore_check_constraints = ON; INSERT INTO another VALUES (1)`,
    `CREATE INDEX heavy ON ${table} (hex(${first}))`,
    `CREATE INDEX part ON ${table} (${first}) WHERE ${first} > 1`,
    `CREATE TRIGGER aside AFTER INSERT ON ${table} BEGIN DELETE FROM tag; END`,
    `ALTER TABLE ${table} ADD COLUMN extra_column`,
    `ALTER TABLE ${table} RENAME TO other_${table}`,
    `PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = ${random(20)} WHERE name = '${table}'`,
    `PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = ${value(random)} WHERE name = '${table}'`,
    `PRAGMA writable_schema = ON; UPDATE sqlite_master SET type = 'view' WHERE name = '${table}'`,
    `PRAGMA user_version = ${random(1000)}; PRAGMA application_id = ${random(1000)}`,
  ]);
}

function value(random: Random): string {
  return oneOf(random, [
    'NULL',
    '0',
    '1',
    '-1',
    '2147483648',
    '4294967296',
    '9007199254740992',
    '9223372036854775807',
    '-9223372036854775808',
    '0.5',
    '1e308',
    "''",
    "'a'",
    "'.'",
    "'..'",
    "'../../x'",
    "'/'",
    "'a/b'",
    "'a' || char(0) || 'b'",
    "CAST(x'ff00fe' AS TEXT)",
    "CAST(x'c3' AS TEXT)",
    'char(55296)',
    'hex(zeroblob(200))',
    "x''",
    "x'00'",
    'zeroblob(31)',
    'zeroblob(32)',
    'zeroblob(5000)',
    'randomblob(32)',
    "'__proto__'",
    "'constructor'",
    String(random(2 ** 31)),
  ]);
}

function text(value_: string): string {
  return `CAST(x'${Buffer.from(value_).toString('hex')}' AS TEXT)`;
}
