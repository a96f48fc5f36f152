import type { Finding } from '../../system/finding.ts';
import { BLOCK_SIZE } from '../block/codec.ts';
import { childrenOf } from './entries.ts';
import { damaged } from './open.ts';
import { type Inode, type Manifest, ROOT_INO, typeOf } from './rows.ts';

/** `PATH_MAX` without its zero byte (limits.h): no program can name more. */
const LONGEST_PATH = 4095;

/** What is wrong with the tree that a manifest tells of. */
export function* checkTree({ inodes, blocks }: Manifest): Generator<Finding> {
  const known = new Map(inodes.map((inode) => [inode.ino, inode]));
  yield* checkRoot(inodes);
  for (const inode of inodes) {
    yield* checkName(inode);
    yield* checkParent(inode, known);
    yield* checkCount(inode, blocks.get(inode.ino)?.length ?? 0);
  }
  yield* checkCycles(inodes, known);
  yield* checkSiblings(inodes);
  yield* checkPaths(inodes);
  yield* checkOwners(inodes);
}

/** How many blocks a file of this size has. */
export function blockCount(size: number): number {
  return Math.ceil(size / BLOCK_SIZE);
}

function checkRoot(inodes: readonly Inode[]): Finding[] {
  const roots = inodes.filter(({ parent }) => parent === 0);
  const [root] = roots;
  if (roots.length !== 1) return [error('tree-root', `there are ${roots.length} roots`)];
  if (root?.ino !== ROOT_INO) return [error('tree-root', 'the root is not number 1')];
  if (typeOf(root.mode) !== 'directory') return [error('tree-root', 'the root is no directory')];
  return [];
}

function checkName({ ino, parent, name }: Inode): Finding[] {
  if (parent === 0) return [];
  const unsafe = name === '' || name === '.' || name === '..' || /[/\0]/.test(name);
  const where = `inode ${ino}`;
  if (unsafe) return [error('unsafe-name', `${where} has the name ${JSON.stringify(name)}`)];
  return [];
}

function checkParent({ ino, parent, name }: Inode, known: ReadonlyMap<number, Inode>): Finding[] {
  if (parent === 0) return [];
  const above = known.get(parent);
  const said = `inode ${ino} (${JSON.stringify(name)})`;
  if (!above) return [error('tree-parent', `${said} lies in ${parent}, which is not there`)];
  if (typeOf(above.mode) !== 'directory')
    return [error('tree-parent', `${said} lies in ${parent}, which is no directory`)];
  return [];
}

/** Every inode from which no way up ends, each circle once. */
function* checkCycles(
  inodes: readonly Inode[],
  known: ReadonlyMap<number, Inode>,
): Generator<Finding> {
  const ends = new Set<number>();
  for (const { ino } of inodes) {
    const way = new Set<number>();
    let at = ino;
    while (at !== 0 && !ends.has(at) && !way.has(at)) {
      way.add(at);
      at = known.get(at)?.parent ?? 0;
    }
    if (way.has(at)) yield error('tree-cycle', `inode ${at} lies in itself`);
    for (const one of way) ends.add(one);
  }
}

function* checkSiblings(inodes: readonly Inode[]): Generator<Finding> {
  const seen = new Set<string>();
  for (const { parent, name } of inodes) {
    const key = `${parent}/${name}`;
    if (seen.has(key))
      yield error('duplicate-name', `${JSON.stringify(name)} stands twice in inode ${parent}`);
    seen.add(key);
  }
}

/** Folders in folders may be so many that all their paths have no room anywhere. */
function* checkPaths(inodes: readonly Inode[]): Generator<Finding> {
  const children = childrenOf(inodes);
  const left = [{ ino: ROOT_INO, above: 0 }];
  const seen = new Set<number>();
  for (let next = left.pop(); next; next = left.pop()) {
    for (const { ino, name } of seen.has(next.ino) ? [] : (children.get(next.ino) ?? [])) {
      const length = next.above + Buffer.byteLength(name);
      if (length > LONGEST_PATH)
        yield damaged(`inode ${ino}: its path is longer than ${LONGEST_PATH} bytes`);
      else left.push({ ino, above: length + 1 });
    }
    seen.add(next.ino);
  }
}

function checkCount({ ino, name, size, mode }: Inode, found: number): Finding[] {
  if (typeOf(mode) !== 'file' || found === blockCount(size)) return [];
  const message = `${JSON.stringify(name)} (inode ${ino}) of ${size} bytes has ${found} blocks, not ${blockCount(size)}`;
  return [error('block-count', message)];
}

/** rfs gives every file the number of its owner as its group (src/fungi/meta.rs). */
function checkOwners(inodes: readonly Inode[]): Finding[] {
  const other = inodes.filter(({ uid, gid }) => uid !== gid);
  const odd = inodes.filter(
    ({ mode }) => ['file', 'directory'].includes(typeOf(mode) ?? '') && (mode & 0o444) === 0,
  );
  const one = (found: readonly Inode[]) =>
    `${found.length} (the first: ${JSON.stringify(found[0]?.name)})`;
  return [
    ...(other.length > 0
      ? [
          {
            ...warning('gid-differs', `groups differ from owners: ${one(other)}`),
            hint: 'rfs shows the owner as the group',
          },
        ]
      : []),
    ...(odd.length > 0 ? [warning('mode-odd', `nobody may read: ${one(odd)}`)] : []),
  ];
}

function error(rule: string, message: string): Finding {
  return { rule, severity: 'error', message };
}

function warning(rule: string, message: string): Finding {
  return { rule, severity: 'warning', message };
}
