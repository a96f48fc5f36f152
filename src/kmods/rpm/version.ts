/** Grows when a script of a build would make other packages of the same source; part of every key. */
export const RPM_RECIPE_VERSION = 2;

/** Grows when packages that others have built would be mended in another way; part of every key. */
export const TAKE_VERSION = 2;
