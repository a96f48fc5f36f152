import type { Report } from '../../schema/rules.ts';
import type { Directory, File, Link, Node, Owner } from '../config.ts';
import { pathProblem } from './path.ts';

/** Rules of files, directories and links. */
export function nodeRules({ specialBits }: { specialBits: boolean }) {
  const mode = (value: number | bigint | undefined, report: Report) => {
    if (value == null) return;
    if (value < 0 || value > 0o7777) report.error(['mode'], 'this is no mode: 0000 to 07777');
    if (!specialBits && BigInt(value) & 0o7000n)
      report.warn(['mode'], 'setuid, setgid and sticky bits have no effect before Ignition 3.6');
  };
  const node = ({ path }: Node, report: Report) => report.error(['path'], pathProblem(path));
  return {
    Directory(directory: Directory, report: Report): void {
      node(directory, report);
      mode(directory.mode, report);
    },
    File(file: File, report: Report): void {
      node(file, report);
      mode(file.mode, report);
      if (file.overwrite && file.contents?.source == null)
        report.error(['overwrite'], 'there are no contents to overwrite the file with');
    },
    Link: (link: Link, report: Report) => node(link, report),
    NodeUser: owner,
    NodeGroup: owner,
  };
}

function owner({ id, name }: Owner, report: Report): void {
  if (id != null && name) report.error([], 'give the id or the name, not both');
}
