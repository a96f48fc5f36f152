import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { expand } from './macros.ts';
import { readSpec } from './spec.ts';

const HEAD = `Name: y-kmod
%global a 1
%define b x%{a}y
%global c %{b}%%
%define d %{?a:%{c}}%{!?nope:q}
%global a 2
%if 0%{?a}
%global hidden 5
%endif
Version: %{a}.%{b}
Release: 1
Summary: x
License: x
URL: https://example.org/%{name}
`;

const MACROS = new Map<string, string | undefined>([
  ['a', '2'],
  ['b', 'x%{a}y'],
  ['c', 'x1y%%'],
  ['d', '%{?a:%{c}}%{!?nope:q}'],
  ['name', 'y-kmod'],
]);

/** Texts that lean to macros, among them such as rpm does not know. */
const aText = fc
  .array(
    fc.oneof(
      fc.constantFrom('%{a}', '%b', '%{c}', '%{d}', '%{name}', '%{?a}', '%{?nope}', '%{!?a:x}'),
      fc.constantFrom('%{?a:p%{b}}', '%{!?nope:%{c}r}', '%%', '%%{a}', '-', '/', 'z', '(', ')'),
      fc.constantFrom('%{?nope:%{c}}', '%{!?a:%{?b:x}}', '%{?a:%{!?b:x}y}', '.tar.gz'),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => `.${pieces.join('')}.`);

/** What rpm itself makes of a spec. */
async function expandedByRpm(spec: string): Promise<string[]> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'y-kmod.spec');
  await writeFile(path, spec);
  return (await runOk('rpmspec', ['-P', path])).stdout.split('\n');
}

describe('macros as rpm has them', () => {
  it('come to the same as with rpmspec, or to nothing', async () => {
    const texts = fc.sample(aText, 300);
    const lines = await expandedByRpm(`${HEAD}\n%description\n${texts.join('\n')}\n`);
    const theirs = lines.slice(lines.indexOf('%description') + 1);
    const compared = texts.flatMap((text, at) => {
      const ours = expand(text, MACROS);
      return ours == null ? [] : [{ text, ours, theirs: theirs[at] }];
    });

    expect(compared.length).toBeGreaterThan(texts.length * 0.9);
    expect(compared.filter((one) => one.ours !== one.theirs)).toEqual([]);
  });

  it('give the tags that rpmspec gives', async () => {
    const spec = `${HEAD}Source0: %{URL}/%{version}-%{release}.tar.gz#/y-%{c}.tar.gz\nPatch1: %{name}.patch\n\n%description\nx\n`;
    const lines = await expandedByRpm(spec);
    const said = (tag: string) =>
      lines.find((one) => one.startsWith(`${tag}:`))?.slice(tag.length + 2);
    const { version, sources } = readSpec(spec);

    expect(version).toBe(said('Version'));
    expect(sources.map(({ tag, value }) => [tag, value])).toEqual([
      ['Source0', said('Source0')],
      ['Patch1', said('Patch1')],
    ]);
  });
});
