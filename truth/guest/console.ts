import type { Answer } from './task.ts';

/** What a guest's console said of its tasks. */
export interface Heard {
  answers: Map<string, Answer>;
  /** The task that was under way when the console ended. */
  open: string | undefined;
  /** True when the loader came to the end of its list. */
  done: boolean;
}

/** The time before a line and, with CONFIG_PRINTK_CALLER, who said it. */
const STAMP = /^.*?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? /;
const MARK = /^@(begin|before|load|loaded|end|stuck|done)\b ?(\S*) ?(.*)$/;

/** Reads the console of a guest; lines between `@load` and `@loaded` are the kernel's answer. */
export function readConsole(lines: readonly string[]): Heard {
  const heard: Heard = { answers: new Map(), open: undefined, done: false };
  let loading: Answer | undefined;
  for (const line of lines) {
    const text = line.replace(STAMP, '').trimEnd();
    const [, mark, id = '', rest = ''] = MARK.exec(text) ?? [];
    if (!mark) loading?.log.push(text);
    else loading = take(heard, { mark, id, rest }, loading);
  }
  return heard;
}

function take(
  heard: Heard,
  said: { mark: string; id: string; rest: string },
  loading: Answer | undefined,
): Answer | undefined {
  const { mark, id, rest } = said;
  const answer = heard.answers.get(id);
  if (mark === 'done') heard.done = true;
  if (mark === 'begin') {
    heard.answers.set(id, { errno: 0, log: [], died: true, unprepared: [] });
    heard.open = id;
  }
  if (mark === 'before') answer?.unprepared.push(rest);
  if (mark === 'load') return answer;
  if (mark === 'loaded' && answer) Object.assign(answer, { errno: Number(rest), died: false });
  if (mark === 'end' || mark === 'stuck') heard.open = undefined;
  return mark === 'loaded' ? undefined : loading;
}
