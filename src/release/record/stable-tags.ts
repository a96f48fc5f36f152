import {
  expandTemplate,
  fitsTemplate,
  isMoving,
  type TagValues,
} from '../../config/tag-template.ts';
import { requireTag, tagOf } from '../../oci/reference.ts';
import type { Reader } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import type { Inputs } from '../inputs/inputs.ts';

/** The tags that hosts follow, for what an image holds. Throws `config` for one that is too long. */
export function stableTags(templates: readonly string[], values: TagValues): string[] {
  return templates.map((template) => {
    const text = expandTemplate(template, values);
    if (text.length <= 128) return requireTag(tagOf(text));
    throw new LockstepError('config', `the tag ${text} is longer than 128 characters`, {
      hint: `shorten publish.stable: ${template}`,
    });
  });
}

/** What stable tags may name of the inputs of an image. */
export function tagValuesOf({ base, modules }: Pick<Inputs, 'base' | 'modules'>): TagValues {
  return {
    osVersion: base.osVersion,
    kernel: base.kernelRelease,
    modules: Object.fromEntries(modules.map(({ name, version }) => [name, version])),
  };
}

/**
 * The tags that hosts follow now: those that move from kernel to kernel, the plainest first. Of
 * several that fit a template it is the one with the highest version.
 */
export async function presentStable(
  repository: Reader,
  templates: readonly string[],
): Promise<string[]> {
  const moving = templates.filter(isMoving);
  const fixed = moving.filter((template) => !template.includes('{'));
  if (fixed.length === moving.length) return fixed;
  const tags = (await repository.tags()).sort(byVersion);
  const others = moving.filter((template) => !fixed.includes(template));
  return [
    ...fixed,
    ...others.flatMap((template) => tags.findLast((tag) => fitsTemplate(tag, template)) ?? []),
  ];
}

const byVersion = new Intl.Collator('en', { numeric: true }).compare;
