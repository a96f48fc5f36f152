/** What a console line may tell of a guest in trouble. */
export type SignKind =
  | 'panic'
  | 'oops'
  | 'lockup'
  | 'hung-task'
  | 'out-of-memory'
  | 'emergency-shell'
  | 'stall'
  | 'warning';

/** A telling line of the console, with the lines that came after it. */
export interface Sign {
  kind: SignKind;
  /** True when nothing that the guest says afterwards counts. */
  fatal: boolean;
  line: string;
  /** The lines after it, at most `CONTEXT` of them. */
  context: string[];
}

const CONTEXT = 25;
/** How many signs of each sort, harmless or fatal, are kept: no flood of one hides the other. */
const MOST_SIGNS = 20;

/** The time that the kernel puts before a line, and with CONFIG_PRINTK_CALLER who said it. */
const STAMP = /\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? /;

/**
 * Words of the kernel (kernel/panic.c, arch/*\/mm/fault.c, lib/bug.c, kernel/watchdog.c,
 * kernel/hung_task.c, mm/oom_kill.c, kernel/rcu/tree_stall.h) and of OpenZFS's spl-err.c, whose
 * failed assertions stop a thread for good without an Oops. The first that fits decides.
 */
const KERNEL_SIGNS: readonly [SignKind, RegExp][] = [
  ['panic', /^Kernel panic - not syncing/],
  ['lockup', /BUG: soft lockup|LOCKUP on cpu|BUG: workqueue lockup|hard LOCKUP/],
  [
    'hung-task',
    /^INFO: task .* blocked (?:for more than|in I\/O wait)|blocked for more than \d+ s/,
  ],
  ['out-of-memory', /invoked oom-killer|ut of memory: Killed process|^oom-kill:/],
  ['oops', /\bOops\b|^BUG: |^kernel BUG at|^Internal error: |^Unable to handle kernel /],
  ['oops', /^general protection fault|^invalid opcode|^stack segment|^double fault/],
  ['oops', /^PANIC at \S+:\d+:|^VERIFY\w*\(.* failed|^SPL PANIC/],
  ['stall', /rcu\w*: INFO: .*(?:detected stall|self-detected stall)/],
  ['warning', /^WARNING: |^UBSAN: /],
];

/** Words of those programs that wait for a person. */
const SHELL_SIGN =
  /You are in (?:emergency|rescue) mode|Entering (?:emergency|rescue) mode|Press Enter for maintenance|Give root password for maintenance|built-in shell \(ash\)|^\(initramfs\)|^(?:dracut|switch_root|emergency):\/.*# |Dropping to a shell/i;

const HARMLESS: ReadonlySet<SignKind> = new Set(['stall', 'warning']);

/** Reads a console line by line and keeps what tells of trouble. */
export class SignWatcher {
  readonly signs: Sign[] = [];
  #open: Sign | undefined;

  /** Takes in the next line; true when the guest is lost. */
  see(line: string): boolean {
    const kind = signOf(line);
    if (!kind) {
      if (this.#open && this.#open.context.length < CONTEXT) this.#open.context.push(line);
      return false;
    }
    const fatal = !HARMLESS.has(kind);
    this.#open = { kind, fatal, line, context: [] };
    const alike = this.signs.filter((sign) => sign.fatal === fatal);
    if (alike.length < MOST_SIGNS) this.signs.push(this.#open);
    return fatal;
  }
}

/** What a console line tells, if anything. Only the kernel's own lines count as the kernel's. */
export function signOf(line: string): SignKind | undefined {
  const stamp = STAMP.exec(line);
  if (!stamp) return SHELL_SIGN.test(line) ? 'emergency-shell' : undefined;
  const words = line.slice(stamp.index + stamp[0].length);
  const known = KERNEL_SIGNS.find(([, pattern]) => pattern.test(words));
  if (known) return known[0];
  return SHELL_SIGN.test(words) ? 'emergency-shell' : undefined;
}
