import { verifyingBy } from '../../../trust/bundle/signing.ts';
import { readPublicKey } from '../../../trust/key/public-key.ts';
import { verifyImage } from '../../../trust/verify/verify-image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import type { TrustOptions } from '../../options/trust.ts';
import { verifiedText } from '../render/verified.ts';
import { openSigned } from './image.ts';
import { readSource } from './secret.ts';

interface VerifyOptions extends TrustOptions {
  key: string[];
  type?: string;
}

export async function verify(reference: string, options: VerifyOptions): Promise<void> {
  const context = contextOf(options);
  const keys = await Promise.all(
    options.key.map(async (source) => readPublicKey(await readSource(source, context), source)),
  );
  const { repository, version } = openSigned(reference, context, options);
  const type = options.type == null ? {} : { type: options.type };
  const report = await verifyImage(repository, version, { verifying: verifyingBy(keys), ...type });
  if (options.json) printJson(context, { reference, ...report });
  else context.stdout.write(verifiedText(report, context.style));
  if (!report.verified) process.exitCode = 1;
}
