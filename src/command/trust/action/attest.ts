import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { LockstepError } from '../../../system/error.ts';
import { attestImage } from '../../../trust/sign/attest-image.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, printJson } from '../../options/project.ts';
import type { SignerOptions } from '../../options/trust.ts';
import { openSigned } from './image.ts';
import { openSignings } from './signing.ts';
import { readSmallFile } from './small-file.ts';

interface AttestOptions extends SignerOptions {
  type: string;
  predicate: string;
}

export async function attest(reference: string, options: AttestOptions): Promise<void> {
  const context = contextOf(options);
  const predicateType = requireUri(options.type);
  const predicate = await readPredicate(options.predicate, context);
  const signings = await Promise.all(openSignings(options, context));
  const { repository, version } = openSigned(reference, context, options);
  const terms = { predicateType, predicate, signings, now: context.now() };
  const result = await attestImage(repository, version, terms);
  if (options.json) printJson(context, { reference, type: predicateType, ...result });
  else context.stdout.write(`${result.attached.join('\n')}\n`);
}

/** What in-toto and those who verify take for the type of a predicate. */
function requireUri(type: string): string {
  if (URL.canParse(type)) return type;
  throw new LockstepError('usage', `--type ${JSON.stringify(type)}: a URI is expected`, {
    hint: 'for example https://example.org/reviewed/v1',
  });
}

/** A predicate is an object (in-toto Statement v1): whoever verifies takes nothing else. */
async function readPredicate(file: string, context: Context): Promise<object> {
  const content =
    file === '-'
      ? await text(process.stdin)
      : await readSmallFile(resolve(context.cwd, file), file);
  const predicate = parsed(content, file);
  if (predicate != null && typeof predicate === 'object' && !Array.isArray(predicate))
    return predicate;
  throw new LockstepError('usage', `${file} holds no JSON object: {…}`, {
    context: { path: file },
  });
}

function parsed(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LockstepError('usage', `${file} is not JSON: ${why}`, { context: { path: file } });
  }
}
