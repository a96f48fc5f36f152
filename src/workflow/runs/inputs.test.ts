import { describe, expect, it } from 'vitest';
import { generateFiles } from '../generate.ts';
import { aProject } from '../testing/project.ts';
import { checkInputs, parseInputs } from './inputs.ts';

const build = generateFiles(aProject()).find(({ path }) => path.endsWith('build.yml'))!;
const GITLAB = {
  path: '.gitlab-ci.yml',
  text: 'spec:\n  inputs:\n    stage: {}\n    count: { type: number, default: 1 }\n    kind: { options: [a, b], default: a }\n---\njob: { script: [true] }\n',
};

describe('parseInputs', () => {
  it('keeps values as they are, and refuses what is no pair or said twice', () => {
    expect(parseInputs(['a=1=2', 'b=', 'c=x\ny'])).toEqual({ a: '1=2', b: '', c: 'x\ny' });
    for (const wrong of [['a'], ['=x'], ['a b=1'], ['a=1', 'a=2']])
      expect(() => parseInputs(wrong)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('checkInputs', () => {
  it('takes what the generated workflow declares', () => {
    const inputs = { promote_to_stable: 'false', streams: 'a $(b)', lock_file: '' };

    expect(() => checkInputs('github', build, inputs)).not.toThrow();
  });

  it('tells all that is wrong at once', () => {
    const wrong = { promote_to_stabel: 'false', force_rebuild: 'yes' };

    expect(() => checkInputs('github', build, wrong)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message:
          '.github/workflows/build.yml has no input promote_to_stabel (did you mean promote_to_stable?)\n' +
          '.github/workflows/build.yml takes true or false for force_rebuild, not yes',
      }),
    );
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'knows no input %s that nobody declares',
    (name) => {
      const given = parseInputs([`${name}=x`]);

      expect(() => checkInputs('github', build, given)).toThrow(`has no input ${name}`);
    },
  );

  it.each([
    ['on: push', 'not started by hand'],
    ['on: [push, schedule]', 'not started by hand'],
    ['on: { push: null }', 'not started by hand'],
    ['on: workflow_dispatch', undefined],
    ['on: [workflow_dispatch]', undefined],
    ['on: { workflow_dispatch: null }', undefined],
    ['on: { workflow_dispatch: { inputs: { a: { required: true } } } }', 'needs the input a'],
    ['on: { workflow_dispatch: { inputs: { a: { required: true, default: x } } } }', undefined],
    ['on: { workflow_dispatch: { inputs: 5 } }', 'in no known form'],
    ['on: [', 'cannot be read'],
    ['on: { workflow_dispatch: { inputs: *nope } }', 'cannot be read'],
  ])('of %j says %s', (text, problem) => {
    const check = () => checkInputs('forgejo', { path: 'x.yml', text }, {});

    if (problem) expect(check).toThrow(problem);
    else expect(check).not.toThrow();
  });

  it('reads the inputs of GitLab: what has no default is needed', () => {
    expect(() =>
      checkInputs('gitlab', GITLAB, { stage: 'x', kind: 'b', count: '3' }),
    ).not.toThrow();
    expect(() => checkInputs('gitlab', GITLAB, { kind: 'c', count: 'x' })).toThrow(
      /takes a, b for kind, not c[^]*takes a number for count[^]*needs the input stage/,
    );
  });
});
