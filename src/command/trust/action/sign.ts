import { contextOf, printJson } from '../../options/project.ts';
import type { SignerOptions } from '../../options/trust.ts';
import type { Names } from './image.ts';
import { openSignings } from './signing.ts';

type SignOptions = SignerOptions & Names;

export async function sign(reference: string, options: SignOptions): Promise<void> {
  const context = contextOf(options, 'what is signed stays so: call again for the rest');
  const signings = openSignings(options, context);
  const [{ signImage }, { identitiesOf, openSigned }, { signedText }] = await Promise.all([
    import('../../../trust/sign/sign-image.ts'),
    import('./image.ts'),
    import('../render/signed.ts'),
  ]);
  const identities = identitiesOf(reference, options);
  const refusal = new AbortController();
  const signal = AbortSignal.any([context.signal, refusal.signal]);
  const { repository, version } = openSigned(reference, { ...context, signal }, options);
  const signing = signImage(repository, version, { signings, identities, now: context.now() });
  signing.catch(() => {});
  // A key that cannot be used is told first, whatever the registry says.
  await Promise.all(signings).catch((error: unknown) => {
    refusal.abort();
    throw error;
  });
  const result = await signing;
  if (options.json) printJson(context, { reference, ...result });
  else context.stdout.write(signedText(result.signed, context.style));
}
