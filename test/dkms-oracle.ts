import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDkmsConf } from '../src/source/dkms-conf.ts';
import { judgeExclusive } from '../src/source/exclusive.ts';
import { KERNEL } from '../src/source/testing/builder.ts';
import type { OracleTrial } from '../src/source/testing/dkms-corpus.ts';
import { askBoth, type OracleAnswers } from '../src/source/testing/dkms-oracle.ts';
import { openArchive } from '../src/stream/debian/apt/archive.ts';
import { fetchFiles } from '../src/stream/debian/apt/fetch.ts';
import { sourceArchive } from '../src/stream/debian/source-archive.ts';
import { runOk } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';

/** The suite whose dkms knows BUILD_EXCLUSIVE_KERNEL_MIN and line ends of Windows (3.2). */
const SUITE = 'trixie';

/** Tests of the recipe, and of the judgement before a build, beside Debian's dkms over a corpus. */
export function testBesideDkms(
  corpus: Readonly<Record<string, OracleTrial>>,
  { ofEachOutcome }: { ofEachOutcome: number },
): void {
  let answers: Record<string, OracleAnswers>;

  beforeAll(async () => {
    await using folder = await temporaryFolder();
    answers = await askBoth(corpus, await fetchDkms(folder.path));
  });

  describe("the recipe beside Debian's dkms", () => {
    it('is tried with builds of every outcome', () => {
      expect(Object.keys(answers)).toEqual(Object.keys(corpus));
      const outcomes = Object.values(answers).map(({ dkms }) => dkms.outcome);
      for (const outcome of ['built', 'excluded', 'failed'] as const) {
        expect(outcomes.filter((one) => one === outcome).length).toBeGreaterThanOrEqual(
          ofEachOutcome,
        );
      }
    });

    it.each(Object.keys(corpus))('comes to the same for %s', (name) => {
      const { otherwise } = corpus[name] ?? {};
      const { recipe, dkms } = answers[name] ?? expect.fail('not asked');
      const said = `${otherwise?.why}\nrecipe: ${recipe.log}\ndkms: ${dkms.log}`;

      expect(recipe.outcome, said).toBe(otherwise?.outcome ?? dkms.outcome);
      expect(otherwise && recipe.outcome, said).not.toBe(dkms.outcome);
      if (dkms.outcome === 'built') expect(recipe.modules, said).toEqual(dkms.modules);
    });
  });

  describe("the judgement before the build beside Debian's dkms", () => {
    it.each(Object.entries(corpus))('is not otherwise for %s', (name, trial) => {
      const { exclusions, unjudged } = judged(trial);

      const { outcome, log } = answers[name]?.dkms ?? expect.fail('not asked');
      if (exclusions.length > 0) expect(outcome, log).toBe('excluded');
      else if (unjudged.length === 0 && !trial.outside) expect(outcome, log).not.toBe('excluded');
    });
  });
}

function judged({ conf, config }: OracleTrial): ReturnType<typeof judgeExclusive> {
  const set = [...(config ?? '').matchAll(/^(CONFIG_\w+)=[ym]$/gm)].map(([, option]) => option!);
  const kernel = { release: KERNEL, machine: 'x86_64', options: new Set(set) };
  return judgeExclusive(readDkmsConf(conf), kernel);
}

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
