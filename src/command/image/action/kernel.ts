import { findKernel, type KernelReport } from '../../../oci/evidence/evidence.ts';
import type { ImageOptions } from '../../options/image.ts';
import { openImageOf, treeOptionsOf } from '../../options/open-image.ts';
import { contextOf, note, printJson } from '../../options/project.ts';
import { printable } from '../../render/listing.ts';
import type { Style } from '../../text/style.ts';
import { table } from '../../text/table.ts';

interface KernelOptions extends ImageOptions {
  deep?: true;
  metadata?: true;
  bytes?: true;
}

export async function kernel(image: string, options: KernelOptions): Promise<void> {
  const context = contextOf(options);
  const { reader, version } = openImageOf(image, context, options);
  const look = options.deep ? 'deep' : options.metadata ? 'metadata' : 'auto';
  const report = await findKernel(reader, version, { ...treeOptionsOf(options), look });
  if (options.json) printJson(context, report);
  else context.stdout.write(`${show(report, context.style)}\n`);
  const { bytes, requests } = report.transfer;
  if (options.bytes) note(context, `${bytes} bytes in ${requests} requests`);
  if (report.findings.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}

function show({ kernel, evidence, findings }: KernelReport, style: Style): string {
  const rows = evidence.map(({ trust, kernel, source, where }) => [
    `  ${trust}`,
    printable(kernel),
    printable(`${source} ${where}`),
  ]);
  const notes = findings.flatMap(({ severity, message, hint }) => [
    `${severity}: ${printable(message)}`,
    ...(hint ? [`  ${hint}`] : []),
  ]);
  return [
    printable(kernel ?? 'no kernel'),
    ...(rows.length > 0 ? [table(rows, style)] : []),
    ...notes,
  ].join('\n');
}
