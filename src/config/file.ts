/** The name of the configuration file in a project's folder. */
export const CONFIG_FILE = 'lockstep.yaml';

/** What editors check an `initramfs.yaml` by. */
export const INITRAMFS_SCHEMA_FILE = 'initramfs.schema.json';
