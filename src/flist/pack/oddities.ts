import type { Finding } from '../../system/finding.ts';
import { type Inode, isSpecial } from '../manifest/rows.ts';

/** What of a folder a flist cannot tell, or rfs shows otherwise. */
export function oddities(inodes: readonly Inode[], hardLinks: number): Finding[] {
  const special = inodes.filter(({ mode }) => isSpecial(mode)).length;
  const groups = inodes.filter(({ uid, gid }) => uid !== gid).length;
  return [
    ...said(hardLinks, 'hard-links', 'further names of one file become files of their own'),
    ...said(special, 'special-files', 'devices, pipes and sockets, which rfs does not list'),
    ...said(
      groups,
      'gid-differs',
      'files whose group is not their owner, which rfs shows as the group',
    ),
  ];
}

function said(count: number, rule: string, what: string): Finding[] {
  return count === 0 ? [] : [{ rule, severity: 'warning', message: `${count} ${what}` }];
}
