import { contextOf, printJson } from '../../options/project.ts';
import type { SignerOptions } from '../../options/trust.ts';
import type { Names } from './image.ts';
import { openSignings } from './signing.ts';

type SignOptions = SignerOptions & Names;

export async function sign(reference: string, options: SignOptions): Promise<void> {
  const context = contextOf(options, 'what is signed stays so: call again for the rest');
  const opening = openSignings(options, context);
  opening.catch(() => undefined);
  // A key file takes its time on purpose, in which everything else is loaded.
  const [{ signImage }, { identitiesOf, openSigned }, { signedText }] = await Promise.all([
    import('../../../trust/sign/sign-image.ts'),
    import('./image.ts'),
    import('../render/signed.ts'),
  ]);
  const identities = identitiesOf(reference, options);
  const signings = await opening;
  const { repository, version } = openSigned(reference, context, options);
  const terms = { signings, identities, now: context.now() };
  const result = await signImage(repository, version, terms);
  if (options.json) printJson(context, { reference, ...result });
  else context.stdout.write(signedText(result.signed, context.style));
}
