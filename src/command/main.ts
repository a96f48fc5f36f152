#!/usr/bin/env -S node --max-semi-space-size=8
// An old Node must be able to read this file and what it names here, to say that it is too old.
import { nodeProblem } from './node-version.ts';

const problem = nodeProblem(process.versions.node);
if (problem == null) void start();
else refuse(problem);

async function start(): Promise<void> {
  process.getBuiltinModule('node:module').enableCompileCache();
  hideExperimentalWarnings();
  const { main } = await import('./program.ts');
  process.exitCode = await main(process.argv.slice(2));
}

function refuse(message: string): void {
  const error = { code: 'unsupported', message, hint: 'install a newer one' };
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ schema_version: 1, error }, null, 2)}\n`);
  process.stderr.write(`error: ${error.message}\nhint: ${error.hint}\n`);
  process.exitCode = 2;
}

/** Node 22 warns of zstd and globs, which later ones no longer do. Other warnings are shown as ever. */
function hideExperimentalWarnings(): void {
  const shown = process.listeners('warning');
  process.removeAllListeners('warning').on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') for (const show of shown) show(warning);
  });
}
