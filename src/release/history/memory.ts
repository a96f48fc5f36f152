import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Digest, isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { passes } from '../../system/finding.ts';
import { writeWhole } from '../../system/write-whole.ts';
import type { Head, TagHistory } from '../../trust/chain/judge.ts';

const Memory = z.object({
  schema_version: z.literal(1),
  /** By `REPOSITORY:TAG`. */
  heads: z.record(
    z.string(),
    z.object({
      record: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
      sequence: z.number().int().nonnegative(),
      finished: z.string(),
    }),
  ),
});

export type Heads = Record<string, Head>;

/** The heads that a file remembers; none where there is no such file. Throws `config` for another. */
export async function readHeads(path: string): Promise<Heads> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new LockstepError('config', `${path} cannot be read`, { cause: error });
  }
  const parsed = Memory.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.heads;
  throw new LockstepError('config', `${path} is not what trust history remembers`, {
    hint: 'name another file; removing it forgets what was seen',
  });
}

/** Remembers the heads of tags that nothing is wrong with; what was seen of others stays. */
export async function keepHeads(
  path: string,
  known: Heads,
  histories: readonly TagHistory[],
): Promise<void> {
  const good = histories.filter(({ findings }) => passes(findings));
  const seen = good.flatMap(({ tag, head }) => (head ? [[tag, head] as const] : []));
  const heads = { ...known, ...Object.fromEntries(seen) };
  const document = { schema_version: 1, heads } satisfies z.input<typeof Memory>;
  await writeWhole(path, Buffer.from(`${JSON.stringify(document, null, 2)}\n`));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
