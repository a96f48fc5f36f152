/** The CI services that files can be made for. */
export const engines = ['github', 'forgejo', 'gitlab'] as const;
