const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A time span in its largest whole unit: `3 days`. */
export function duration(seconds: number): string {
  const [name, size] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1];
  const count = Math.floor(seconds / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** How long ago a moment was: `6 days ago`. */
export function age(time: string, now: Date): string {
  return `${duration(Math.max(0, (now.getTime() - Date.parse(time)) / 1000))} ago`;
}

/** A moment in the time of the machine, with its age: `2026-11-20 07:30, 6 days ago`. */
export function moment(time: string, now: Date): string {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}, ${age(time, now)}`;
}
