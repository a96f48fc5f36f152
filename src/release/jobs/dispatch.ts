import { z } from 'zod';
import { namesIn } from '../../config/names.ts';
import { RelativePath } from '../../config/words.ts';
import { parseReference } from '../../oci/reference.ts';
import { LockstepError } from '../../system/error.ts';

const names = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => namesIn(typeof value === 'string' ? [value] : value));

const Dispatch = z
  .strictObject({
    promote_to_stable: z.boolean().default(true),
    use_input_lock: z.boolean().default(false),
    lock_file: z.union([z.literal(''), RelativePath]).default(''),
    build_container_image: z
      .string()
      .refine((image) => image === '' || isPinned(image), 'must be NAME@sha256:DIGEST')
      .default(''),
    force_rebuild: z.boolean().default(false),
    streams: names.default([]),
  })
  .refine(({ lock_file: file, use_input_lock: used }) => file === '' || used, {
    path: ['lock_file'],
    message: 'is only read with use_input_lock',
  });

/** What somebody asked of a run by hand (`workflow_dispatch`). */
export type Dispatch = z.infer<typeof Dispatch>;

/**
 * Reads what a run is asked for: one JSON document, which comes from whoever may start runs. Nothing,
 * `null` and `{}` ask for what a schedule does. Throws `usage` with every unknown key and wrong value.
 */
export function parseDispatch(text: string, where: string): Dispatch {
  const parsed = Dispatch.safeParse(valueOf(text, where) ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    [where, path.join('.'), message].filter(Boolean).join(': '),
  );
  throw new LockstepError('usage', problems.join('\n'), {
    hint: `keys are ${Object.keys(Dispatch.shape).join(', ')} (docs/ci.md)`,
  });
}

function valueOf(text: string, where: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LockstepError('usage', `${where}: not JSON: ${(cause as Error).message}`, { cause });
  }
}

function isPinned(image: string): boolean {
  try {
    const reference = parseReference(image);
    return reference.kind === 'remote' && reference.digest != null;
  } catch {
    return false;
  }
}
