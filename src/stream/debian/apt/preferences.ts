import type { Archive } from './archive.ts';
import { apt } from './private-apt.ts';
import { show, sourceOf } from './show.ts';
import { isBackports } from './suites.ts';

/**
 * Preferences (apt_preferences(5)) for packages asked for from a suite: what is built from the
 * same source comes from there too, or a library of the base suite would not fit its program.
 */
export async function pinsOf(archive: Archive, packages: readonly string[]): Promise<string> {
  const asked = packages.map((one) => one.split('/')).filter(([, suite]) => suite);
  const pins = asked.map(async ([name = '', suite = '']) => {
    const sources = (await show(archive, [name])).map(sourceOf).map((source) => source.name);
    return [...new Set(sources)].map(
      (source) => `Package: src:${source}\nPin: release n=${suite}\nPin-Priority: 990\n`,
    );
  });
  return (await Promise.all(pins)).flat().join('\n');
}

/**
 * Says `name/suite` for a `name=version` that only a backports suite has: apt then also takes
 * from there what that version needs, which it does not do for a bare version.
 */
export async function withSuites(
  archive: Archive,
  packages: readonly string[],
): Promise<{ asked: string; version?: string }[]> {
  const backports = archive.sources.map(({ suite }) => suite).filter(isBackports);
  if (backports.length === 0) return packages.map((asked) => ({ asked }));
  const each = packages.map(async (asked) => {
    const [name = '', version] = asked.split('=');
    const suites = version ? await suitesOf(archive, name, version) : [];
    const only = suites.length > 0 && suites.every((suite) => backports.includes(suite));
    return only ? { asked: `${name}/${suites[0]}`, version } : { asked };
  });
  return Promise.all(each);
}

/** Lines of `apt-cache madison`: `name | version | address suite/component architecture Packages`. */
async function suitesOf(archive: Archive, name: string, version: string): Promise<string[]> {
  const result = await apt(archive, 'apt-cache', ['madison', name], { lock: 'shared' });
  const rows = result.stdout.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const places = rows.filter((row) => row[0] === name && row[1] === version);
  return places.map((row) => /\s(\S+)\/[^/\s]+\s/.exec(row[2] ?? '')?.[1] ?? '').filter(Boolean);
}
