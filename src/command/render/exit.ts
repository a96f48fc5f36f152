/** The exit status of several pieces of work: an interruption, a bug, what may be mended, retried, a no. */
export function worst(statuses: readonly number[]): number {
  return [130, 143, 4, 2, 3, 1].find((status) => statuses.includes(status)) ?? 0;
}
