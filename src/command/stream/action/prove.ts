import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../../config/load.ts';
import { chooseStream } from '../../../config/streams-named.ts';
import type { GateName } from '../../../gate/verdict.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { runId } from '../../../release/record/run-name.ts';
import { type Proven, proveStored } from '../../../release/run/prove.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { rendererFor } from '../../render/choose.ts';
import { findingLines } from '../../render/finding.ts';

interface ProveOptions extends ProjectOptions {
  stream?: string;
  only?: GateName;
}

export async function prove(reference: string, options: ProveOptions): Promise<void> {
  const context = contextOf(options);
  const { streams } = await loadConfig(context.cwd, options.config);
  const stream = chooseStream(streams, options.stream);
  const registry = openRegistry(stream.publish.registry, context);
  const renderer = rendererFor(context);
  const proven = await proveStored(stream, {
    ...context,
    registry,
    reference,
    project: context.cwd,
    id: runId(context.now(), randomBytes(2).toString('hex')),
    emit: renderer.emit,
    ...(options.only && { gates: [options.only] }),
  }).finally(() => renderer.close());
  if (options.json) printJson(context, proven);
  else context.stdout.write(`${show(proven)}\n`);
  if (proven.gates.some(({ result }) => result === 'fail')) process.exitCode = 1;
}

function show({ stream, digest, gates: judged }: Proven): string {
  const lines = judged.flatMap(({ gate, result, findings }) => [
    `  ${gate}: ${result}`,
    ...findings.flatMap(findingLines).map((line) => `  ${line}`),
  ]);
  return [`${stream}: ${digest}`, ...lines].join('\n');
}
