import { type ProbeReport, probeCache, requireModuleName } from '../../../oci/probe/probe.ts';
import { parseReference } from '../../../oci/reference.ts';
import type { ImageOptions } from '../../options/image.ts';
import { openImageOf, treeOptionsOf } from '../../options/open-image.ts';
import { contextOf, note, printJson } from '../../options/project.ts';
import { printable } from '../../render/listing.ts';

interface ProbeOptions extends ImageOptions {
  module: string;
  kernel: string;
  moduleVersion?: string;
  bytes?: true;
}

export async function probe(cache: string, options: ProbeOptions): Promise<void> {
  const context = contextOf(options);
  const { reader } = openImageOf(cache, context, { ...options, mayBeAbsent: true });
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
  if (options.bytes) note(context, `${bytes} bytes in ${requests} requests`);
  if (report.answer !== 'yes') process.exitCode = 1;
}

function show({ answer, reason, tag, digest, packages = [] }: ProbeReport): string {
  const lines = [`${answer}: ${printable(reason)}`];
  if (digest) lines.push(`  ${[tag, digest].filter(Boolean).join(' ')}`);
  for (const path of packages.slice(0, 20)) lines.push(`  ${printable(path)}`);
  return lines.join('\n');
}
