import type { IgnitionDocument } from './build.ts';
import { flatten } from './flatten.ts';
import { HIDDEN, hideIn } from './values/hide.ts';

/** One thing that a machine would get differently. */
export interface Change {
  /** What of: `storage.files[/etc/hostname].contents`. */
  name: string;
  /** Undefined when it is new. */
  before?: string;
  /** Undefined when it is gone. */
  after?: string;
}

/** What a machine would get differently from a second document. The version is no difference. */
export function diffDocuments(before: IgnitionDocument, after: IgnitionDocument): Change[] {
  const [old, fresh] = [flatten(before), flatten(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return names
    .filter((name) => name !== 'ignition.version' && old.get(name) !== fresh.get(name))
    .map((name) => ({
      name,
      ...(old.has(name) && { before: old.get(name) ?? '' }),
      ...(fresh.has(name) && { after: fresh.get(name) ?? '' }),
    }));
}

/**
 * A change that may be looked at: of one with a secret on either side nothing is told, for on the
 * other one may be the secret's last value.
 */
export function hideInChange(change: Change, secrets: ReadonlySet<string>): Change {
  const { before, after } = change;
  const name = hideIn(change.name, secrets);
  const isOpen = [before, after].every((text = '') => hideIn(text, secrets) === text);
  if (isOpen) return { ...change, name };
  return {
    name,
    ...(before != null && { before: HIDDEN }),
    ...(after != null && { after: before == null ? HIDDEN : `${HIDDEN} (changed)` }),
  };
}

/** A change as lines that begin with `-` and `+`; of long texts only the lines that differ. */
export function changeLines({ name, before, after }: Change): string[] {
  if (before == null) return [`+ ${name}`, ...linesOf(after).map((line) => `    + ${line}`)];
  if (after == null) return [`- ${name}`, ...linesOf(before).map((line) => `    - ${line}`)];
  return [`~ ${name}`, ...changedLines(linesOf(before), linesOf(after))];
}

function linesOf(text: string | undefined): string[] {
  return text ? text.replace(/\n$/, '').split('\n') : [];
}

/** Texts of more lines are not compared line by line. */
const COMPARED = 2000;

function changedLines(before: readonly string[], after: readonly string[]): string[] {
  const start = before.findIndex((line, index) => line !== after[index]);
  const from = start < 0 ? Math.min(before.length, after.length) : start;
  let tail = 0;
  const most = Math.min(before.length, after.length) - from;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const old = before.slice(from, before.length - tail);
  const fresh = after.slice(from, after.length - tail);
  if (old.length * fresh.length > COMPARED * COMPARED || old.length === 0 || fresh.length === 0)
    return [...old.map((line) => `    - ${line}`), ...fresh.map((line) => `    + ${line}`)];
  return editScript(old, fresh);
}

/** The shortest way from one list of lines to another, without the lines that stay. */
function editScript(old: readonly string[], fresh: readonly string[]): string[] {
  const width = fresh.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--)
      common[i * width + j] =
        old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) [i, j] = [i + 1, j + 1];
    else if (j >= fresh.length || (i < old.length && at(i + 1, j) >= at(i, j + 1)))
      lines.push(`    - ${old[i++]}`);
    else lines.push(`    + ${fresh[j++]}`);
  }
  return lines;
}
