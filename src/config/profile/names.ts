/** The names of the profiles that a first configuration can be made from. */
export const profileNames = ['debian', 'dkms', 'kinoite', 'coreos', 'bootc'] as const;

export type ProfileName = (typeof profileNames)[number];
