/** The first line of a verdict channel. */
export function beginLine(kernel: string): string {
  return JSON.stringify({ event: 'begin', format: 1, kernel });
}

/** A line about a step. */
export function stepLine(step: string, status: string, uptime = 1, message = ''): string {
  return JSON.stringify({ event: 'step', step, status, message, uptime });
}

/** The last line of a verdict channel. */
export function endLine(status = 0, taint = 0): string {
  return JSON.stringify({ event: 'end', status, taint });
}

/** What a guest says whose steps all pass. */
export function passingLines(kernel: string, steps: readonly string[] = ['load']): string[] {
  const lines = steps.flatMap((step) => [stepLine(step, 'started'), stepLine(step, 'pass', 2)]);
  return [beginLine(kernel), ...lines, endLine()];
}
