/** Gathers the values of an option that can be repeated. */
export function several(value: string, before: string[] = []): string[] {
  return [...before, value];
}
