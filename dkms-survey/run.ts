import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openArchive } from '../src/stream/debian/apt/archive.ts';
import { fetchFiles } from '../src/stream/debian/apt/fetch.ts';
import { resolveDebianBase } from '../src/stream/debian/kernel.ts';
import { LockstepError } from '../src/system/error.ts';
import { archiveKernel } from '../truth/kernels/archive-kernel.ts';
import { openPlace } from '../truth/kernels/place.ts';
import { openBuilder } from './builder.ts';
import { surveyPage } from './page.ts';
import { findSources } from './sources.ts';
import { type Row, survey } from './survey.ts';

const HELP = `npm run dkms-survey -- [--suite NAME] [--kernel PACKAGE] [--only PATTERN] [--page FILE]

Builds every package NAME-dkms of a suite with lockstep and with the suite's own dkms, for one
kernel, loads what came of it in a guest, and writes the table. Needs root's rights, for overlays.

  --suite NAME       default bookworm
  --kernel PACKAGE   default linux-image-amd64
  --only PATTERN     packages whose name matches; no page is written unless --page names one
  --page FILE        default docs/dkms.md
  --cache DIR        what is fetched and found out, default ~/.cache/lockstep-dkms-survey
  --json FILE        every row with the logs
`;

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', default: 'bookworm' },
    kernel: { type: 'string', default: 'linux-image-amd64' },
    only: { type: 'string' },
    page: { type: 'string' },
    cache: { type: 'string', default: join(homedir(), '.cache/lockstep-dkms-survey') },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new LockstepError('usage', 'the survey lays overlays over a root: run it as root');
  }
  const { suite, env } = { ...options, env: process.env };
  await using place = await openPlace(options.cache, env);
  const { cache } = place;
  const request = { suites: [suite], components: ['main', 'contrib'] };
  const archive = await openArchive(request, {
    folder: join(cache, 'apt'),
    env,
    withSources: true,
  });
  const base = await resolveDebianBase(archive, { suite, kernel: options.kernel });
  const pool = join(cache, 'pool');
  const found = await findSources(archive, { pool, env });
  const dependencies = found.sources.flatMap((source) => source.buildDependencies);
  const builder = await openBuilder(archive, { base, dependencies, cache, env });
  say(`builder for Linux ${base.kernelRelease} ready, dkms ${builder.dkms}`);
  const release = new RegExp(`^${base.kernelRelease.replaceAll('.', '\\.')}$`);
  const compiler = suite === 'bookworm' ? 'gcc-12' : 'gcc-14';
  const kernel = await archiveKernel({ suite, release, pick: 'newest', compiler }, place);
  const wanted = new RegExp(options.only ?? '');
  const rows: Row[] = [];
  for (const source of found.sources.filter(({ package: name }) => wanted.test(name))) {
    await fetchFiles(archive, source.files, { pool });
    rows.push(await survey({ builder, kernel, cache, env }, source));
    report(rows.at(-1));
  }
  if (options.json) await writeFile(options.json, JSON.stringify(rows, null, 1));
  const page = options.page ?? (options.only ? undefined : 'docs/dkms.md');
  const left = found.sources.map(({ package: name }) => name).filter((name) => !wanted.test(name));
  const day = new Date().toISOString().slice(0, 10);
  const about = {
    suite,
    release: base.kernelRelease,
    dkms: builder.dkms,
    day,
    others: found.others,
    left,
  };
  if (page) await writeFile(page, surveyPage(rows, about));
  if (rows.some(({ lockstep, dkms }) => dkms.outcome === 'built' && lockstep.outcome !== 'built')) {
    process.exitCode = 1;
  }
}

function report(row: Row | undefined): void {
  if (!row) return;
  const loads = Object.values(row.judgement?.loaded ?? {});
  const taken = loads.filter((one) => one === 'loaded' || one === 'no device').length;
  const { lockstep, dkms } = row;
  say(
    `${row.package}: lockstep ${lockstep.outcome} ${lockstep.modules.length} ${lockstep.kind ?? ''}, dkms ${dkms.outcome} ${dkms.modules.length}, ${taken} taken by the kernel`,
  );
}

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}
