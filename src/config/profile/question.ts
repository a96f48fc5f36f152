import type * as z from 'zod/mini';
import { textLike } from '../words.ts';

/** One thing that a profile has to know. */
export interface Question {
  text: string;
  /** What is taken when nothing is answered; empty where only people can know. */
  usual: string;
  /** What an answer must be like, whatever the world says to it. */
  shape: z.ZodMiniType<string>;
}

/** A place to publish to. */
export const Registry = textLike(
  /^(?:oci:[^\s:]+|[a-zA-Z0-9][\w.-]*(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)*)$/,
  'must be HOST/OWNER, or oci:DIR for a folder',
);
