import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runOk } from '../../system/process.ts';
import { showValues } from './inputs.ts';

const values = { BASE_IMAGE: 'registry.example/a@sha256:00', OS_VERSION: "it's 12" };

describe(showValues, () => {
  it('writes names and values as files of variables and as arguments', () => {
    expect(showValues(values, 'env')).toBe(
      "BASE_IMAGE=registry.example/a@sha256:00\nOS_VERSION=it's 12\n",
    );
    expect(showValues(values, 'args')).toBe(
      "--build-arg BASE_IMAGE=registry.example/a@sha256:00\n--build-arg 'OS_VERSION=it'\\''s 12'\n",
    );
    expect(JSON.parse(showValues(values, 'json'))).toEqual(values);
  });

  it.each(['a\nb', 'a\rb', 'a\0b', 'a\u2028b'])(
    'refuses %j, which is more than a line',
    (value) => {
      expect(() => showValues({ OS_VERSION: value }, 'env')).toThrow(/OS_VERSION is not one line/);
      expect(() => showValues({ OS_VERSION: value }, 'args')).toThrow(/OS_VERSION is not one line/);
    },
  );

  it('quotes what shells and xargs read back as it was', async () => {
    const texts = fc.sample(
      fc.string({ unit: fc.constantFrom(...` '"\\$\`*?#~!&|;<>(){}[]=ab`.split('')) }),
      50,
    );
    const wanted = texts.flatMap((text) => ['--build-arg', `A=${text}`]).join('\n');
    const written = texts.map((text) => showValues({ A: text }, 'args')).join('');

    const print = 'printf "%s\\n" "$@"';
    const shell = await runOk('sh', ['-c', `set -- ${written.replaceAll('\n', ' ')}; ${print}`]);
    const xargs = await runOk('xargs', ['sh', '-c', print, 'sh'], { stdin: written });

    expect(shell.stdout.trimEnd()).toBe(wanted.trimEnd());
    expect(xargs.stdout.trimEnd()).toBe(wanted.trimEnd());
  });
});
