import { fitsTemplate } from '../../config/tag-template.ts';
import { tagOf } from '../../oci/reference.ts';
import type { Reader } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import { short } from '../record/tags.ts';

/** What kinds of flists a stream has: the modules of a kernel, and firmware of all. */
export type FlistContent = { kind: 'modules'; kernel: string } | { kind: 'firmware'; tag: string };

/** The name of one flist and the name that moves to it, without their `.fl`. */
export interface FlistNames {
  own: string;
  latest: string;
}

/** Names as Zero-OS builders give them: `modules-6.12.44-Zero-OS`, `firmware-20250908`. */
export function flistNames(content: FlistContent): FlistNames {
  if (content.kind === 'firmware')
    return { own: `firmware-${content.tag}`, latest: 'firmware-latest' };
  const own = `modules-${content.kernel}`;
  return { own, latest: `${own}-latest` };
}

/** What a flist of this name holds; undefined for another name. */
export function contentOfName(own: string): FlistContent | undefined {
  const [, kind, rest] = /^(modules|firmware)-([\w.+~-]+)$/.exec(own) ?? [];
  if (rest == null) return undefined;
  return kind === 'modules' ? { kind, kernel: rest } : { kind: 'firmware', tag: rest };
}

/** The tag that hosts follow in the repository of the flists. */
export function flistTag(content: FlistContent): string {
  return tagOf(flistNames(content).latest);
}

/** The tag of a flist before it is promoted: registries keep what has a name. */
export function candidateFlistTag(content: FlistContent, digest: Digest): string {
  return tagOf(`candidate-${short(digest)}-${flistNames(content).own}`);
}

/** Templates of the tags that hosts follow in the repository of the flists. */
export const FOLLOWED_FLISTS: readonly string[] = ['modules-{kernel}-latest', 'firmware-latest'];

/** The tags of a repository of flists that hosts follow, sorted. */
export async function followedTags(repository: Reader): Promise<string[]> {
  const isFollowed = (tag: string) => FOLLOWED_FLISTS.some((one) => fitsTemplate(tag, one));
  return (await repository.tags()).filter(isFollowed).sort();
}

/** What firmware is called when nobody names it: its day, as `YYYYMMDD`. */
export function firmwareTag(now: Date): string {
  return now.toISOString().slice(0, 10).replaceAll('-', '');
}
