/**
 * Packs, mounts and verifies flists of Debian's generic modules and of 30,000 small files, beside
 * casync, squashfs (lz4, on a loop device) and curl; each line names its goal. Arguments: rounds (3),
 * then any of `pack`, `mount` and `network` (all; each of the others needs what `pack` has made).
 */

import { openLab } from './flist/lab.ts';
import { measureMounts } from './flist/mounts.ts';
import { measureNetwork } from './flist/network.ts';
import { measurePack } from './flist/pack.ts';

const [rounds = '3', ...parts] = process.argv.slice(2);
const isAsked = (part: string) => parts.length === 0 || parts.includes(part);

await using lab = await openLab(Number(rounds));
await measurePack(lab);
if (isAsked('mount')) await measureMounts(lab);
if (isAsked('network')) await measureNetwork(lab);
