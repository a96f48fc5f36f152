import { readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';

/** A process, named so that another one on the same machine can tell whether it still lives. */
export const Owner = z.object({
  /** Boot of the kernel and namespace of process ids: what a pid means something within. */
  machine: z.string(),
  pid: z.number(),
  /** Clock ticks after boot at which it started (proc(5), stat, field 22); pids are used again. */
  start: z.string(),
});
export type Owner = z.infer<typeof Owner>;

/** This process; on systems without /proc its machine is empty and matches no other. */
export function thisProcess(): Owner {
  return { machine: machine() ?? '', pid: process.pid, start: startOf(process.pid) ?? '' };
}

/** `dead` and `alive` are certain; `unknown` when the owner ran on another machine. */
export function stateOf(owner: Owner): 'alive' | 'dead' | 'unknown' {
  if (owner.machine === '' || owner.machine !== machine()) return 'unknown';
  return startOf(owner.pid) === owner.start ? 'alive' : 'dead';
}

function machine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** When a living process started; undefined for one that is gone, a zombie among them. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, spaces and parentheses too.
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
