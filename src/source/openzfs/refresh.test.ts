import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { reply } from '../../oci/testing/scripted-server.ts';
import { aMeta, type ScriptedGithub, startGithub } from '../testing/github.ts';
import { openGithub } from './github.ts';
import { type RefreshOptions, refreshTable } from './refresh.ts';
import { parseCompatTable } from './table-file.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const github: ScriptedGithub = await startGithub();
afterAll(() => github[Symbol.asyncDispose]());

beforeEach(() => {
  github.instead.clear();
  github.asked.length = 0;
  github.limit = { remaining: 1000, reset: 0 };
  github.releases = [
    aRelease('2.2.11', '6.17', '2026-08-21T20:00:03Z'),
    aRelease('2.4.4', '7.2', '2026-08-21T20:00:01Z'),
    aRelease('2.3.9', '7.2', null),
  ];
});

function aRelease(version: string, max: string, published_at: string | null = null) {
  return { tag: `zfs-${version}`, published_at, meta: aMeta(version, max) };
}

function refresh(over: Partial<RefreshOptions> = {}) {
  const { repository } = github;
  const retry = { attempts: 2, pause: 1 };
  const opened = openGithub({ repository, env: {}, now: () => NOW, retry });
  return refreshTable(opened, { now: () => NOW, known: [], ...over });
}

describe(refreshTable, () => {
  it('makes a table that can be read out of META of every tag', async () => {
    const progress: string[] = [];

    const { table, added, failure } = await refresh({
      onProgress: (done, all, version) => progress.push(`${done}/${all} ${version}`),
    });

    expect(failure).toBeUndefined();
    expect(added).toEqual(['2.4.4', '2.3.9', '2.2.11']);
    expect(progress).toEqual(['1/3 2.4.4', '2/3 2.3.9', '3/3 2.2.11']);
    expect(parseCompatTable(JSON.stringify(table), 'x')).toEqual({
      schema_version: 1,
      date: '2026-11-20',
      origin: 'META of the release tags of openzfs/zfs',
      releases: [
        line('2.4.4', '7.2', '2026-08-21'),
        line('2.3.9', '7.2'),
        line('2.2.11', '6.17', '2026-08-21'),
      ],
    });
  });

  it('leaves out, with the reason, what states nothing that can be meant', async () => {
    github.releases.push(
      aRelease('2.4.2', '99.99'),
      { tag: 'zfs-2.4.1' },
      { tag: 'zfs-2.4.0', meta: '<html>' },
      { tag: 'zfs-2.3.1', meta: aMeta('2.3.0', '6.12') },
      { tag: 'zfs-0.8.6', meta: 'Version: 0.8.6\n' },
    );

    const { table, skipped, failure } = await refresh();

    expect(failure).toBeUndefined();
    expect(table.releases).toHaveLength(3);
    expect(Object.fromEntries(skipped.map(({ version, why }) => [version, why]))).toEqual({
      '2.4.2': expect.stringContaining('99.99'),
      '2.4.1': expect.stringContaining('404'),
      '2.4.0': expect.stringContaining('names no version'),
      '2.3.1': expect.stringContaining('2.3.0'),
      '0.8.6': expect.stringContaining('any Linux'),
    });
  });

  it('keeps what was read when the rate limit ends it, and goes on from there', async () => {
    github.limit = { remaining: 2, reset: NOW.getTime() / 1000 + 600 };

    const first = await refresh();

    expect(first.added).toEqual(['2.4.4']);
    expect(first.failure).toMatchObject({ code: 'network', message: /rate limit/ });

    github.limit.remaining = 1000;
    github.asked.length = 0;
    const second = await refresh({ known: first.table.releases });

    expect(second.added).toEqual(['2.3.9', '2.2.11']);
    expect(second.table.releases).toHaveLength(3);
    expect(github.asked.filter((path) => path.includes('META'))).toHaveLength(2);
  });

  it('asks for what was only told by hearsay, and keeps it where META is silent for now', async () => {
    const hearsay = [
      { version: '2.4.4', max: '6.1', from: 'release notes' },
      { version: '2.1.6', max: '5.19', from: 'release notes' },
    ];
    github.instead.set('/contents/META?ref=zfs-2.2.11', reply(500));

    const { table, failure } = await refresh({ known: hearsay });

    expect(failure).toMatchObject({ code: 'network' });
    expect(table.releases).toEqual([
      line('2.4.4', '7.2', '2026-08-21'),
      line('2.3.9', '7.2'),
      hearsay[1],
    ]);
  });

  it('does not read a META of five megabytes', async () => {
    github.instead.set('/contents/META', reply(200, Buffer.alloc(5 << 20, 'x')));

    expect((await refresh()).failure).toMatchObject({ code: 'limit-exceeded' });
  });
});

function line(version: string, max: string, date?: string) {
  return { version, ...(date && { date }), min: '4.18', max, from: 'META of the tag' };
}
