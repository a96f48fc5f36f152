import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDkmsConf } from '../src/source/dkms-conf.ts';
import { judgeExclusive } from '../src/source/exclusive.ts';
import { KERNEL } from '../src/source/testing/builder.ts';
import { CORPUS } from '../src/source/testing/dkms-corpus.ts';
import { askBoth, type OracleAnswers } from '../src/source/testing/dkms-oracle.ts';
import { openArchive } from '../src/stream/debian/apt/archive.ts';
import { fetchFiles } from '../src/stream/debian/apt/fetch.ts';
import { sourceArchive } from '../src/stream/debian/source-archive.ts';
import { runOk } from '../src/system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';

/** The suite whose dkms knows BUILD_EXCLUSIVE_KERNEL_MIN and line ends of Windows (3.2). */
const SUITE = 'trixie';

let folder: TemporaryFolder;
let answers: Record<string, OracleAnswers>;

beforeAll(async () => {
  folder = await temporaryFolder();
  answers = await askBoth(CORPUS, await fetchDkms(folder.path));
});
afterAll(() => folder[Symbol.asyncDispose]());

/** The script of Debian's dkms, out of its package; nothing is installed. */
async function fetchDkms(place: string): Promise<string> {
  const request = { suites: [SUITE], components: ['main'] };
  const archive = await openArchive(request, { folder: join(place, 'apt'), env: process.env });
  const pool = join(place, 'pool');
  const { files } = await sourceArchive(archive, { pool }).findBinary('dkms');
  const [deb = ''] = await fetchFiles(archive, files, { pool });
  await runOk('dpkg-deb', ['--extract', deb, join(place, 'dkms')]);
  return join(place, 'dkms/usr/sbin/dkms');
}

describe("the recipe beside Debian's dkms", () => {
  it('has a corpus of every construct', () => {
    expect(Object.keys(answers).length).toBeGreaterThanOrEqual(60);
    const outcomes = Object.values(answers).map(({ dkms }) => dkms.outcome);
    for (const outcome of ['built', 'excluded', 'failed'] as const) {
      expect(outcomes.filter((one) => one === outcome).length).toBeGreaterThan(8);
    }
  });

  it.each(Object.keys(CORPUS))('comes to the same for %s', (name) => {
    const { otherwise } = CORPUS[name] ?? {};
    const { recipe, dkms } = answers[name] ?? expect.fail('not asked');
    const said = `${otherwise?.why}\nrecipe: ${recipe.log}\ndkms: ${dkms.log}`;

    expect(recipe.outcome, said).toBe(otherwise?.outcome ?? dkms.outcome);
    expect(otherwise && recipe.outcome, said).not.toBe(dkms.outcome);
    if (dkms.outcome === 'built') expect(recipe.modules, said).toEqual(dkms.modules);
  });
});

describe("the judgement before the build beside Debian's dkms", () => {
  it.each(Object.entries(CORPUS))('is not otherwise for %s', (name, { conf, config, outside }) => {
    const set = [...(config ?? '').matchAll(/^(CONFIG_\w+)=[ym]$/gm)].map(([, option]) => option!);
    const kernel = { release: KERNEL, machine: 'x86_64', options: new Set(set) };

    const { exclusions, unjudged } = judgeExclusive(readDkmsConf(conf), kernel);

    const { outcome, log } = answers[name]?.dkms ?? expect.fail('not asked');
    if (exclusions.length > 0) expect(outcome, log).toBe('excluded');
    else if (unjudged.length === 0 && !outside) expect(outcome, log).not.toBe('excluded');
  });
});
