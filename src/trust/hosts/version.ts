/** Version of the files that hosts judge by; part of the key of every image that holds them. */
export const HOST_FILES_VERSION = 1;
