import { signImage } from '../../../trust/sign/sign-image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import type { SignerOptions } from '../../options/trust.ts';
import { signedText } from '../render/signed.ts';
import { identitiesOf, type Names, openSigned } from './image.ts';
import { openSignings } from './signing.ts';

type SignOptions = SignerOptions & Names;

export async function sign(reference: string, options: SignOptions): Promise<void> {
  const context = contextOf(options, 'what is signed stays so: call again for the rest');
  const identities = identitiesOf(reference, options);
  const signings = await openSignings(options, context);
  const { repository, version } = openSigned(reference, context, options);
  const terms = { signings, identities, now: context.now() };
  const result = await signImage(repository, version, terms);
  if (options.json) printJson(context, { reference, ...result });
  else context.stdout.write(signedText(result.signed, context.style));
}
