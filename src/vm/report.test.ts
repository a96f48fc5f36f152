import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReport } from './report.ts';
import { beginLine, endLine, stepLine } from './testing/report.ts';

describe('readReport', () => {
  it('reads steps with how long they took', () => {
    const report = readReport([
      beginLine('6.1.0'),
      stepLine('load', 'started', 3.5),
      stepLine('load', 'pass', 4.75),
      stepLine('unload', 'skip', 4.8, 'it is built in'),
      endLine(0, 4096),
    ]);

    expect(report).toEqual({
      kernel: '6.1.0',
      steps: [
        { name: 'load', status: 'pass', message: '', duration: 1250 },
        { name: 'unload', status: 'skip', message: 'it is built in', duration: 0 },
      ],
      end: { status: 0, taint: 4096 },
      malformed: [],
    });
  });

  it.each([
    ['text that is not JSON', ['ok']],
    ['an event of another kind', ['{"event":"pass"}']],
    ['a member too many', ['{"event":"end","status":0,"taint":0,"more":1}']],
    ['a line cut short', [beginLine('6.1').slice(0, -1)]],
    ['a format that is not known', ['{"event":"begin","format":2,"kernel":"6.1"}']],
    ['a second beginning', [beginLine('6.1'), beginLine('6.1')]],
    ['an end before the beginning', [endLine()]],
    ['a step before the beginning', [stepLine('a', 'started')]],
    ['a line after the end', [beginLine('6.1'), endLine(), stepLine('a', 'started')]],
    ['an end of a step that did not start', [beginLine('6.1'), stepLine('a', 'pass')]],
    ['an end of another step', [beginLine('6.1'), stepLine('a', 'started'), stepLine('b', 'pass')]],
    [
      'a step within a step',
      [beginLine('6.1'), stepLine('a', 'started'), stepLine('b', 'started')],
    ],
    [
      'a step that ends twice',
      [beginLine('6.1'), stepLine('a', 'started'), stepLine('a', 'fail'), stepLine('a', 'pass')],
    ],
  ])('calls %s malformed', (_what, lines) => {
    expect(readReport(lines).malformed).toEqual([lines.at(-1)]);
  });

  it('never throws, and never loses a line that it did not understand', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        const report = readReport(lines);

        expect(report.malformed).toHaveLength(Math.min(lines.length, 10));
      }),
    );
  });
});
