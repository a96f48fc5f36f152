/** What may be made beside the files of the engine. */
export const extras = ['just', 'renovate', 'dependabot', 'devcontainer'] as const;

export type Extra = (typeof extras)[number];
