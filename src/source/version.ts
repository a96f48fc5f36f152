/** Grows when a script would build other modules from the same source; part of every key. */
export const RECIPE_VERSION = 3;
