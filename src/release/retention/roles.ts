import { fitsTemplate } from '../../config/tag-template.ts';
import { subjectOfTag } from '../../oci/reference.ts';
import { INTENT_TAG } from '../promotion/intent.ts';

/** What a tag is for; `foreign` ones were not made by lockstep, which leaves them alone. */
export type Role =
  | 'stable'
  | 'audit'
  | 'candidate'
  /** What hosts of a branch follow: goes by age alone. */
  | 'branch'
  | 'kmods'
  /** A further name of a kmods image. */
  | 'key'
  | 'base'
  /** An image that modules are built in, kept with the archive of a run. */
  | 'builder'
  | 'inputs'
  | 'run'
  /** What one job of a run has left for its record. */
  | 'job'
  /** When upstream was last looked at. */
  | 'heartbeat'
  | 'intent'
  /** What is left of an intent whose work has ended, where it could not be removed at once. */
  | 'ended'
  | 'belongs'
  | 'foreign';

/** The first pattern that fits decides. */
const PATTERNS: readonly (readonly [RegExp, Role])[] = [
  [INTENT_TAG, 'intent'],
  [/^stable-.+-[0-9a-f]{7,}$/, 'audit'],
  [/^br-/, 'branch'],
  [/^candidate-[0-9a-f]{7}-/, 'candidate'],
  [/^[\w.-]+_kernel-/, 'kmods'],
  [/^key-[0-9a-f]{12}$/, 'key'],
  [/^base-.+-[0-9a-f]{7}$/, 'base'],
  [/^builder-.+-[0-9a-f]{7}$/, 'builder'],
  [/^(?:inputs|followed)-[0-9a-f]{7}$/, 'inputs'],
  [/^run-\d{8}t\d{6}z-/, 'run'],
  [/^job-\d{8}t\d{6}z-/, 'job'],
  [/^heartbeat-/, 'heartbeat'],
];

/** Tells what a tag is for. `stable` are the templates of the tags that hosts follow. */
export function roleOf(tag: string, stable: readonly string[], isKmods: boolean): Role {
  if (subjectOfTag(tag)) return 'belongs';
  if (!isKmods && stable.some((template) => fitsTemplate(tag, template))) return 'stable';
  const role = PATTERNS.find(([pattern]) => pattern.test(tag))?.[1];
  if (role) return role;
  // A kmods image is named after its kernel too when it is promoted.
  return isKmods && tag.startsWith('main-') ? 'kmods' : 'foreign';
}

/** Tells whether a tag is one of these, in which `*` stands for anything. */
export function tagMatcher(patterns: readonly string[]): (tag: string) => boolean {
  const wanted = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  });
  return (tag) => wanted.some((pattern) => pattern.test(tag));
}
