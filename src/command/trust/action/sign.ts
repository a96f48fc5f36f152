import { signImage } from '../../../trust/sign/sign-image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import type { TrustOptions } from '../../options/trust.ts';
import { signedText } from '../render/signed.ts';
import { identitiesOf, type Names, openSigned } from './image.ts';
import { openSigning } from './signing.ts';

interface SignOptions extends TrustOptions, Names {
  key: string;
  password: string;
}

export async function sign(reference: string, options: SignOptions): Promise<void> {
  const context = contextOf(options, 'what is signed stays so: call again for the rest');
  const identities = identitiesOf(reference, options);
  const signing = await openSigning(options, context);
  const { repository, version } = openSigned(reference, context, options);
  const terms = { signing, identities, now: context.now() };
  const result = await signImage(repository, version, terms);
  if (options.json) printJson(context, { reference, ...result });
  else context.stdout.write(signedText(result.signed, context.style));
}
