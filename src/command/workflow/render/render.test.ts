import { describe, expect, it } from 'vitest';
import { statusLines } from './runs.ts';
import { settingsText } from './settings.ts';

/** What a server, a log or the title of a branch may hold. */
const STEERS = 'a\u001b[31mb\nc';
const SHOWN = 'a\\u001b[31mb\\u000ac';
const PLAIN = { colour: false, unicode: false, width: 200 };

describe('what others say', () => {
  it('steers no terminal, and stays in its line, in the status of runs', () => {
    const run = {
      id: 1,
      number: 1,
      file: STEERS,
      event: STEERS,
      ref: STEERS,
      commit: '',
      state: 'done' as const,
      result: 'failure' as const,
      created: STEERS,
      page: STEERS,
      failed: [
        { job: STEERS, at: STEERS, stream: STEERS, step: STEERS, message: STEERS, hint: STEERS },
      ],
    };
    const off = [{ file: STEERS, name: STEERS, why: 'by hand' as const }];

    const lines = statusLines({ repository: 'x', runs: [run], off, unknown: [] }, PLAIN);

    expect(lines.join('\n')).not.toContain('\u001b');
    expect(lines).toContain(`    ${SHOWN}: ${SHOWN}: ${SHOWN}`);
    expect(lines.join('\n')).not.toMatch(/^c/m);
  });

  it('does neither in the settings', () => {
    const setting = { name: 'x', now: STEERS, wanted: 'y', state: 'told', hint: STEERS };

    const text = settingsText([setting], PLAIN);

    expect(text).not.toContain('\u001b');
    expect(text).toContain(`x: ${SHOWN}\n`);
  });
});
