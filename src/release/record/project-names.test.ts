import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedFrom } from './project-names.ts';

const PROJECT = '/home/me/my (first) project';

describe(namedFrom, () => {
  it.each([
    [`cannot read '${PROJECT}/scenarios/load.sh'`, "cannot read 'scenarios/load.sh'"],
    [`${PROJECT}/.lockstep/runs/x/inputs.json (1a2b)`, '.lockstep/runs/x/inputs.json (1a2b)'],
    [`oci:${PROJECT}/store/image:latest`, 'oci:store/image:latest'],
    [
      `deb [trusted=yes] file://${PROJECT}/mirror local main`,
      'deb [trusted=yes] mirror local main',
    ],
    [`nothing is in ${PROJECT}.`, 'nothing is in ..'],
    [`${PROJECT}/`, './'],
    [`from ${PROJECT}/a to ${PROJECT}//b`, 'from a to b'],
  ])('names files from the folder: %s', (text, expected) => {
    expect(namedFrom(PROJECT, text)).toBe(expected);
    expect(namedFrom(`${PROJECT}/`, text)).toBe(expected);
  });

  it.each([`${PROJECT}-2/a`, `${PROJECT}.old`, `/mnt${PROJECT}/a`, '/usr/share/doc'])(
    'leaves what only looks so: %s',
    (text) => {
      expect(namedFrom(PROJECT, text)).toBe(text);
    },
  );

  it('changes texts alone, wherever they stand', () => {
    const data = {
      at: [{ file: `${PROJECT}/a`, line: 3, open: null }],
      done: true,
      none: undefined,
    };

    expect(namedFrom(PROJECT, data)).toEqual({
      at: [{ file: 'a', line: 3, open: null }],
      done: true,
      none: undefined,
    });
    expect(namedFrom('/', data)).toEqual(data);
  });

  it('leaves no path of any project', () => {
    const name = fc.stringMatching(/^[^/\0\s][^/\0]{0,8}[^/\0\s.]$/u);
    const folder = fc.array(name, { minLength: 1, maxLength: 4 });

    fc.assert(
      fc.property(folder, (parts) => {
        const project = `/${parts.join('/')}`;

        expect(namedFrom(project, `cannot read ${project}/lockstep.yaml`)).toBe(
          'cannot read lockstep.yaml',
        );
      }),
    );
  });
});
