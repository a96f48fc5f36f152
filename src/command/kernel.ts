import { Command } from '@commander-js/extra-typings';
import { findKernel, type KernelReport } from '../oci/evidence.ts';
import { imageOptions, openImageOf, treeOptionsOf } from './image-options.ts';
import { contextOf, printJson } from './options.ts';
import { printable } from './render/listing.ts';
import { table } from './render/table.ts';

const EXAMPLES = `
Trust, best first: seen (files of the image), stated (by who made it), inherited (a label that
images get from their base). Looks at the files when that is cheap or nothing else answers.
Exit status 1 when the evidence contradicts itself or names no kernel.

Examples:
  $ lockstep kernel registry.example.org/fedora/kinoite:44
  $ lockstep kernel registry.example.org/fedora/kinoite:44 --deep --json
  $ lockstep kernel oci:store/debian-zfs:latest`;

export const command = imageOptions(new Command('kernel'))
  .summary('tell which kernel is in an image, and by what evidence')
  .description('Tells which kernel is in an image without pulling it, and what speaks against it.')
  .argument('<image>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .option('--deep', 'look at all files and the rpm database whatever it costs')
  .option('--metadata', 'read manifest and config only')
  .option('--bytes', 'tell on standard error how much was transferred')
  .addHelpText('after', EXAMPLES)
  .action(async (image, options) => {
    const context = contextOf(options);
    const { reader, version } = openImageOf(image, context, options);
    const look = options.deep ? 'deep' : options.metadata ? 'metadata' : 'auto';
    const report = await findKernel(reader, version, { ...treeOptionsOf(options), look });
    if (options.json) printJson(context, report);
    else context.stdout.write(`${show(report)}\n`);
    const { bytes, requests } = report.transfer;
    if (options.bytes) context.stderr.write(`${bytes} bytes in ${requests} requests\n`);
    if (report.findings.some(({ severity }) => severity === 'error')) process.exitCode = 1;
  });

function show({ kernel, evidence, findings }: KernelReport): string {
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
    ...(rows.length > 0 ? [table(rows)] : []),
    ...notes,
  ].join('\n');
}
