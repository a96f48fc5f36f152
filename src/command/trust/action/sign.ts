import { contextOf, printJson } from '../../options/project.ts';
import type { SignerOptions } from '../../options/trust.ts';
import type { Names } from './image.ts';
import { openSignings } from './signing.ts';

type SignOptions = SignerOptions & Names;

export async function sign(reference: string, options: SignOptions): Promise<void> {
  const context = contextOf(options, 'what is signed stays so: call again for the rest');
  const signings = openSignings(options, context);
  const [{ signImage }, { identitiesOf, openSigned }, { whileOpening }, { signedText }] =
    await Promise.all([
      import('../../../trust/sign/sign-image.ts'),
      import('./image.ts'),
      import('./while-opening.ts'),
      import('../render/signed.ts'),
    ]);
  const terms = { signings, identities: identitiesOf(reference, options), now: context.now() };
  const result = await whileOpening(Promise.all(signings), context, (context) => {
    const { repository, version } = openSigned(reference, context, options);
    return signImage(repository, version, terms);
  });
  if (options.json) printJson(context, { reference, ...result });
  else context.stdout.write(signedText(result.signed, context.style));
}
