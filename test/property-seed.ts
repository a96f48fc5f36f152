/**
 * Property tests try the same inputs on every machine, so that a change is judged by what it
 * changes. To look further: `FC_SEED=7 FC_RUNS=5000 npm run test:unit`.
 */
import fc from 'fast-check';

const { FC_SEED, FC_RUNS } = process.env;

fc.configureGlobal({
  seed: Number(FC_SEED ?? 20_261_120),
  ...(FC_RUNS && { numRuns: Number(FC_RUNS) }),
});
