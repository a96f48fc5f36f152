import { type FlistVerdict, verifyFlist } from '../../../flist/verify.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { connectionOf, fileOf, routesOf, tellFindings } from '../shared/context.ts';

interface VerifyOptions extends CommonOptions {
  route?: string[];
  sample?: number;
}

const EXIT: Record<FlistVerdict, number> = { pass: 0, fail: 1, unknown: 3 };

export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const context = contextOf(options);
  const report = await verifyFlist(fileOf(context, file), {
    ...connectionOf(context),
    ...(options.route ? { routes: routesOf(options.route) } : {}),
    ...(options.sample == null ? {} : { sample: options.sample }),
  });
  process.exitCode = EXIT[report.verdict];
  if (options.json) return printJson(context, { manifest: file, ...report });
  context.stdout.write(
    `${file}: ${report.verdict}, ${report.checked} of ${report.blocks} blocks read\n`,
  );
  tellFindings(context, report.findings);
}
