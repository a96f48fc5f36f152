import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureIn } from '../../../workflow/runs/log.ts';
import { annotation } from '../../render/job.ts';
import { lineOf } from '../../render/plain.ts';

describe('failureIn', () => {
  it('reads what the renderers write, whatever is said', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]*[!-~]$/), (message) => {
        const line =
          lineOf({ type: 'step', stream: 's', step: 'build kmods', state: 'failed', message }) ??
          '';

        for (const text of [line, annotation({ message: line })])
          expect(failureIn(`${text}\n`)).toMatchObject({
            stream: 's',
            step: 'build kmods',
            message,
          });
      }),
    );
  });
});
