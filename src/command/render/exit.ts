/** The exit status of several pieces of work: a bug before what may be retried, that before a no. */
export function worst(statuses: readonly number[]): number {
  return [4, 2, 3, 1].find((status) => statuses.includes(status)) ?? 0;
}
