import { en } from 'zod/locales';
import * as z from 'zod/mini';

// The library says what is wrong in no language of its own.
z.config(en());

/** A schema with what editors show of it. It must be of one key: others would be described too. */
export function described<S extends z.core.$ZodType>(schema: S, description: string): S {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** Text of one form; the message says which. */
export function textLike(pattern: RegExp, message: string) {
  return z.string().check(z.regex(pattern, message));
}

/** Name of a stream or a repository. */
export const Name = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
      'must be lower-case letters, digits and single . _ - between them',
    ),
    z.maxLength(100),
  );
/** Name of modules: as the kernel has them, `-` and `_` being one (`xt_ACCOUNT`). */
export const ModuleName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*$/,
      'must be letters, digits and . _ - between them',
    ),
    z.maxLength(100),
  );
/** Name of a package of any family. */
export const PackageName = textLike(/^[A-Za-z0-9][A-Za-z0-9+._-]*$/, 'must be a package name');
/** Package that goes into an image, with the suite that it is taken from. */
export const PackageChoice = textLike(
  /^[a-z0-9][a-z0-9+.-]*(?:\/[a-z][a-z0-9-]*)?$/,
  'must be a package name, or name/suite',
);
/** Name of an archive suite. */
export const Suite = textLike(/^[a-z][a-z0-9-]*$/, 'must be the name of an archive suite');
/** Path that stays inside the project. */
export const RelativePath = textLike(
  /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).+$/,
  'must be a path inside the project',
);

/** Where a key or a secret is: a variable, or a file of the project. */
export const Place = textLike(
  /^(?:env:[A-Za-z_]\w*|(?!\/).+)$/,
  'must be env:NAME or a path inside the project',
);

/** Image as one names it; what of it may stand open is said where it is used. */
export const ImageReference = textLike(
  /^[\w./:@{}+-]+$/,
  'must be HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]',
);

/** Text in which nothing is wrong. */
export function textWithout(problemOf: (text: string) => string | undefined) {
  return z.string().check(
    z.superRefine((text, issues) => {
      const message = problemOf(text);
      if (message != null) issues.addIssue({ code: 'custom', message });
    }),
  );
}

/** How many of these are given. */
export function countOf(...choices: unknown[]): number {
  return choices.filter((choice) => choice != null).length;
}
