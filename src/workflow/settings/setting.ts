import type { EngineCall } from '../engine/client.ts';

/** A setting of the repository as it is and as it should be. */
export interface Setting {
  name: string;
  now: string;
  wanted: string;
  /** `told`: somebody has to do it by hand, or look, as the server does not say for sure. */
  state: 'good' | 'change' | 'told';
  /** What changes it, in this order. */
  calls: EngineCall[];
  /** What to do by hand. */
  hint?: string;
}

/** What the settings are held against. */
export interface Wanted {
  branch: string;
  environment?: string;
  pages: boolean;
  /** Names of the secrets that jobs need. */
  secrets: string[];
  /** Packages, by their names below the owner. */
  packages: { owner: string; name: string }[];
}

/** The check that protection of the branch asks for. */
export const CHECK = 'lockstep';

/** A setting that is as it should be. */
export function good(name: string, now: string): Setting {
  return { name, now, wanted: now, state: 'good', calls: [] };
}

/** A setting that calls would mend. */
export function change(
  name: string,
  between: [now: string, wanted: string],
  ...calls: EngineCall[]
): Setting {
  const [now, wanted] = between;
  return { name, now, wanted, state: 'change', calls };
}

/** A setting that is left to people. */
export function told(name: string, between: [now: string, wanted: string], hint: string): Setting {
  const [now, wanted] = between;
  return { name, now, wanted, state: 'told', calls: [], hint };
}

/** Which names of secrets are missing; their values no server tells. */
export function secretsSetting(
  wanted: readonly string[],
  there: readonly string[] | undefined,
  where: string,
): Setting[] {
  if (wanted.length === 0) return [];
  const name = 'secrets';
  if (!there)
    return [told(name, ['the token may not see them', wanted.join(' ')], `look at ${where}`)];
  const missing = wanted.filter((one) => !there.includes(one));
  if (missing.length === 0) return [good(name, wanted.join(' '))];
  return [
    told(
      name,
      [`${missing.join(' ')} missing`, wanted.join(' ')],
      `add ${missing.join(', ')}: ${where}`,
    ),
  ];
}
