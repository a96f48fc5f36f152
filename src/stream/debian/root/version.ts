/** Grows when the same packages would give another root. */
export const ROOT_RECIPE_VERSION = 1;
