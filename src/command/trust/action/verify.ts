import { verifyImage } from '../../../trust/verify/verify-image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import type { TrustOptions } from '../../options/trust.ts';
import { verifiedText } from '../render/verified.ts';
import { openSigned } from './image.ts';
import { openVerifying, type SignerChoice } from './verifying.ts';
import { whileOpening } from './while-opening.ts';

interface VerifyOptions extends TrustOptions, SignerChoice {
  type?: string;
}

export async function verify(reference: string, options: VerifyOptions): Promise<void> {
  const context = contextOf(options);
  const verifying = openVerifying(options, context);
  const type = options.type == null ? {} : { type: options.type };
  const report = await whileOpening(verifying, context, (context) => {
    const { repository, version } = openSigned(reference, context, options);
    return verifyImage(repository, version, { verifying, ...type });
  });
  if (options.json) printJson(context, { reference, ...report });
  else context.stdout.write(verifiedText(report, context.style));
  if (!report.verified) process.exitCode = 1;
}
