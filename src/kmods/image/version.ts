/** Version of what happens to modules after the compiler; part of the key of every build. */
export const FINISH_VERSION = 2;
