/** Reads the JSON of `lockstep run` on standard input; fails unless every step was reused or skipped. */
import { text } from 'node:stream/consumers';

interface Outcome {
  streams: { name: string; outcome: string; steps: { step: string; state: string }[] }[];
}

const { streams } = JSON.parse(await text(process.stdin)) as Outcome;
const done = streams.flatMap(({ name, steps }) =>
  steps
    .filter(({ step, state }) => step !== 'resolve' && state === 'done')
    .map(({ step }) => `${name}: ${step}`),
);
const quiet = streams.length > 0 && streams.every(({ outcome }) => outcome === 'unchanged');
process.stdout.write(
  `second run: ${streams.length} streams, done again: ${done.join(', ') || 'nothing'}\n`,
);
process.exitCode = quiet && done.length === 0 ? 0 : 1;
