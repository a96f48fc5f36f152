import { resolve } from 'node:path';
import type { Signing } from '../../../trust/bundle/signing.ts';
import { PUBLIC_SERVICES, type Services } from '../../../trust/keyless/services.ts';
import { keylessSigning } from '../../../trust/keyless/signing.ts';
import { tokenOfJob } from '../../../trust/keyless/token.ts';
import type { Context } from '../../context/context.ts';
import type { SignerOptions } from '../../options/trust.ts';
import { readNamed } from './keys.ts';
import { readSmallFile } from './small-file.ts';

/** Has a key certified for the job, or for whom the token names. */
export async function openKeyless(options: SignerOptions, context: Context): Promise<Signing> {
  const { fetch } = globalThis;
  const { root, token: source } = options;
  const rootJson = root == null ? undefined : await readSmallFile(resolve(context.cwd, root), root);
  const token =
    source == null
      ? await tokenOfJob(context.env, fetch)
      : (await readNamed(source, 'token', context)).trim();
  const services = servicesOf(options);
  return keylessSigning({ token, services, fetch, ...(rootJson == null ? {} : { rootJson }) });
}

function servicesOf({ fulcio, rekor, tsa }: SignerOptions): Services {
  return {
    fulcio: fulcio ?? PUBLIC_SERVICES.fulcio,
    rekor: rekor ?? PUBLIC_SERVICES.rekor,
    ...(tsa == null ? {} : { tsa }),
  };
}
