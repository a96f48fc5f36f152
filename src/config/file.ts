/** The name of the configuration file in a project's folder. */
export const CONFIG_FILE = 'lockstep.yaml';
