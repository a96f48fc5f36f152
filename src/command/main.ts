#!/usr/bin/env -S node --max-semi-space-size=8
import { enableCompileCache } from 'node:module';

enableCompileCache();
/** Whoever read our output may go away (`lockstep ls … | head`): the work goes on without it. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const { main } = await import('./program.ts');
process.exitCode = await main(process.argv.slice(2));
