/** A field of a cron line: what it is called, what it may hold, and the names that stand for numbers. */
interface Field {
  name: string;
  from: number;
  to: number;
  names?: readonly string[];
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');
const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day of the week', from: 0, to: 6, names: DAYS },
];

/** Engines start a schedule at most this often (minutes). */
const SHORTEST = 5;

/** Days of each month; the 29th of February comes, if not every year. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * What is wrong with a cron line for CI engines (POSIX, five fields, UTC); undefined when nothing
 * is. A line that never comes, or comes more often than every five minutes, is wrong too.
 *
 * @example cronProblem('0 25 * * *') // 'hour is 25: it goes from 0 to 23'
 */
export function cronProblem(line: string): string | undefined {
  const texts = line.split(/\s+/);
  if (texts.length !== FIELDS.length || line !== line.trim())
    return 'must be a cron line of five fields: minute hour day month weekday';
  const sets: Set<number>[] = [];
  for (const [at, field] of FIELDS.entries()) {
    const values = valuesOf(texts[at] ?? '', field);
    if (typeof values === 'string') return values;
    sets.push(new Set(values));
  }
  const [minutes, hours, days, months] = sets as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  const anyWeekday = texts[4]?.startsWith('*');
  if (anyWeekday && !comes(days, months)) return 'never comes: no such month has that day';
  return shortestGap(minutes, hours) < SHORTEST
    ? `comes more often than every ${SHORTEST} minutes, which engines refuse`
    : undefined;
}

/** The numbers that a field stands for, or what is wrong with it. */
function valuesOf(text: string, field: Field): number[] | string {
  const values: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return `${field.name} is not of the form * or N or N-M or N/STEP: ${part}`;
    const [, first, last, step] = match;
    const from = first == null ? field.from : numberOf(first, field);
    const to = last == null ? endOf(first, from, step, field) : numberOf(last, field);
    if (typeof from === 'string') return from;
    if (typeof to === 'string') return to;
    if (to < from) return `${field.name} goes backwards: ${part}`;
    if (step != null && (Number(step) < 1 || Number(step) > field.to))
      return `${field.name} has a step that leads nowhere: ${part}`;
    for (let value = from; value <= to; value += Number(step ?? 1)) values.push(value);
  }
  return values;
}

/** Where a part without an end ends: `5` is itself, `5/10` goes on to the last. */
function endOf(
  first: string | undefined,
  from: number | string,
  step: string | undefined,
  field: Field,
): number | string {
  return first == null || step != null ? field.to : from;
}

function numberOf(text: string, { name, from, to, names = [] }: Field): number | string {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return named + from;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : `${name} is ${text}: it goes from ${from} to ${to}`;
}

function comes(days: ReadonlySet<number>, months: ReadonlySet<number>): boolean {
  const first = Math.min(...days);
  return [...months].some((month) => first <= (LENGTHS[month - 1] ?? 0));
}

/** Minutes between the two starts of a day that are nearest to each other, midnight between them or not. */
function shortestGap(minutes: ReadonlySet<number>, hours: ReadonlySet<number>): number {
  const starts = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute));
  starts.sort((a, b) => a - b);
  const day = 24 * 60;
  const gaps = starts.map((start, at) => (starts[at + 1] ?? (starts[0] ?? 0) + day) - start);
  return Math.min(...gaps);
}
