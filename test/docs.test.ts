import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalog } from '../src/command/catalog.ts';
import { parseInitramfsConfig } from '../src/config/initramfs.ts';
import { initramfsJsonSchema } from '../src/config/initramfs-schema.ts';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { formatProblems } from '../src/config/load.ts';
import { parseConfig } from '../src/config/parse.ts';
import { configReference } from '../src/config/reference.ts';

const ROOT = `${import.meta.dirname}/..`;
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })];
const FENCE = /^```(\w+)\n([^]*?)^```$/gm;

interface Example {
  page: string;
  language: string;
  text: string;
}

const examples: Example[] = pages.flatMap((page) => {
  const text = readFileSync(`${ROOT}/${page}`, 'utf8');
  return [...text.matchAll(FENCE)].map(([, language = '', body = '']) => ({
    page,
    language,
    text: body,
  }));
});

/** Calls of lockstep in shell examples and in the examples of `--help`. */
function callsIn(text: string): string[][] {
  const lines = text
    .replaceAll('\\\n', ' ')
    .replaceAll(/\$\([^)]*\)/g, 'X')
    .split('\n');
  const calls = lines.map((line) => /^\s*(?:\$ )?(?:bin\/)?lockstep (\S.*)$/.exec(line)?.[1]);
  return calls.flatMap((call) => (call ? [call.replace(/\s+(#.*| {2}.*)$/, '').split(/\s+/)] : []));
}

async function problemsWith(call: readonly string[]): Promise<string[]> {
  const [name, ...rest] = call;
  if (name?.startsWith('-') || name === 'COMMAND') return [];
  const entry = catalog.find((one) => one.name === name);
  if (!entry) return [`${call.join(' ')}: there is no command ${name}`];
  const { command } = await entry.load();
  const inner = command.commands.find((one) => one.name() === rest[0]);
  const options = [command, inner].flatMap((one) => one?.options ?? []);
  const known = new Set(options.flatMap(({ long, short }) => [long, short]));
  const flags = rest
    .filter((word) => /^-{1,2}[A-Za-z]/.test(word))
    .map((word) => word.split('=')[0]);
  const unknown = flags.filter((flag) => flag !== '--help' && !known.has(flag));
  return unknown.map((flag) => `${call.join(' ')}: ${name} has no option ${flag}`);
}

describe('examples in the docs', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples.filter(({ language }) => language === 'yaml'))(
    'yaml of $page is read',
    ({ page, text }) => {
      expect(() => parse(text)).not.toThrow();
      if (!text.startsWith('version:')) return;
      const read = text.startsWith('version: 1\nsuite:') ? parseInitramfsConfig : parseConfig;
      expect(formatProblems(read(text, page).problems ?? [])).toEqual([]);
    },
  );

  it.each(examples.filter(({ language }) => language === 'json'))(
    'json of $page is read',
    ({ text }) => {
      expect(() => JSON.parse(text)).not.toThrow();
    },
  );

  it.each(examples.filter(({ language }) => language === 'sh'))(
    'calls of $page are known',
    async ({ text }) => {
      const problems = await Promise.all(callsIn(text).map(problemsWith));

      expect(problems.flat()).toEqual([]);
    },
  );
});

describe('links in the docs', () => {
  it.each(pages)('of %s lead somewhere', (page) => {
    const text = readFileSync(`${ROOT}/${page}`, 'utf8');
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));

    expect(local.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });
});

describe('the docs of the npm package', () => {
  const shipped = pages.filter((page) => page.startsWith('docs/'));

  it.each(shipped)('%s sends nobody to files or scripts of a checkout', (page) => {
    const text = readFileSync(`${ROOT}/${page}`, 'utf8');
    const places = [
      ...text.matchAll(
        /(?<![\w/])(?:src|truth|testbed|bench|scripts)\/[\w-]+[\w./-]*|npm (?:run|test)[^`\n]*/g,
      ),
    ];

    expect(places.map(([place]) => place)).toEqual([]);
  });

  it('name the Debian packages that a run needs', () => {
    const listed =
      readFileSync(`${ROOT}/scripts/packages.txt`, 'utf8').match(/^[a-z0-9-]+/gm) ?? [];
    const [, named = ''] =
      /apt-get install ((?:.*\\\n)*.*)\n/.exec(readFileSync(`${ROOT}/README.md`, 'utf8')) ?? [];

    expect(new Set(named.split(/[\s\\]+/))).toEqual(new Set(listed));
  });
});

describe('help', () => {
  it.each(catalog.map(({ name, load }) => ({ name, load })))(
    'of $name has examples that it knows',
    async ({ name, load }) => {
      const { command } = await load();
      let text = '';
      command.configureOutput({ writeOut: (part) => (text += part) });
      command.outputHelp();

      const calls = callsIn(text).filter(([called]) => called === name);
      expect(calls.length).toBeGreaterThan(0);
      expect((await Promise.all(calls.map(problemsWith))).flat()).toEqual([]);
    },
  );
});

describe('pages made from code', () => {
  it('are up to date (node scripts/docs.ts)', () => {
    expect(readFileSync(`${ROOT}/docs/config.md`, 'utf8')).toBe(configReference());
    for (const [name, schema] of Object.entries({
      lockstep: configJsonSchema(),
      initramfs: initramfsJsonSchema(),
    })) {
      const page: unknown = JSON.parse(readFileSync(`${ROOT}/docs/${name}.schema.json`, 'utf8'));
      expect(page).toEqual(JSON.parse(JSON.stringify(schema)));
    }
  });
});
