import { Command } from '@commander-js/extra-typings';
import { type ProbeReport, probeCache, requireModuleName } from '../oci/probe.ts';
import { parseReference } from '../oci/reference.ts';
import { imageOptions, openImageOf, treeOptionsOf } from './image-options.ts';
import { contextOf, printJson } from './options.ts';
import { printable } from './render/listing.ts';

const EXAMPLES = `
Knows caches made by lockstep, akmods of Universal Blue, and fedora-zfs-kmods. Without a tag the
tags that name the kernel are tried. Answers yes, stale (another kernel or version) or no.
Exit status 0 for yes, 1 otherwise.

Examples:
  $ lockstep probe registry.example.org/owner/akmods-zfs --module zfs --kernel 6.17.8-300.fc43.x86_64
  $ lockstep probe oci:store/kmods-zfs --module zfs --kernel 6.12.95-amd64 --module-version 2.4.0`;

export const command = imageOptions(new Command('probe'))
  .summary('ask a cache for modules for exactly one kernel')
  .description('Tells whether a cache of kernel modules holds those for exactly one kernel.')
  .argument('<cache>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .requiredOption('--module <name>', 'name of the module: zfs')
  .requiredOption('--kernel <release>', 'the exact kernel release, as uname -r prints it')
  .option('--module-version <version>', 'the exact version of the module (default: any)')
  .option('--bytes', 'tell on standard error how much was transferred')
  .addHelpText('after', EXAMPLES)
  .action(async (cache, options) => {
    const context = contextOf(options);
    const { reader } = openImageOf(cache, context, options);
    const { digest, tag } = parseReference(cache);
    const { platform } = treeOptionsOf(options);
    const { kernel, moduleVersion: version } = options;
    const report = await probeCache(reader, digest ?? tag, {
      module: requireModuleName(options.module),
      kernel,
      ...(version === undefined ? {} : { version }),
      ...(platform ? { platform } : {}),
    });
    if (options.json) printJson(context, { cache, ...report });
    else context.stdout.write(`${show(report)}\n`);
    const { bytes, requests } = report.transfer;
    if (options.bytes) context.stderr.write(`${bytes} bytes in ${requests} requests\n`);
    if (report.answer !== 'yes') process.exitCode = 1;
  });

function show({ answer, reason, tag, digest, packages = [] }: ProbeReport): string {
  const lines = [`${answer}: ${printable(reason)}`];
  if (digest) lines.push(`  ${[tag, digest].filter(Boolean).join(' ')}`);
  for (const path of packages.slice(0, 20)) lines.push(`  ${printable(path)}`);
  return lines.join('\n');
}
