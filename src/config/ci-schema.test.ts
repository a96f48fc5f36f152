import { describe, expect, it } from 'vitest';
import { formatProblems } from './load.ts';
import { parseConfig } from './parse.ts';

const STREAM = `version: 1
name: debian-zfs
base:
  debian: { suite: bookworm, kernel: linux-image-cloud-amd64 }
modules:
  - { name: zfs, debian: zfs-linux }
publish: { registry: "oci:./store", image: debian-zfs, kmods: kmods-zfs }
`;

function read(ci: string) {
  return parseConfig(`${STREAM}ci:\n${ci}`, 'lockstep.yaml');
}

function problemsIn(ci: string): string[] {
  return formatProblems(read(ci).problems ?? []);
}

describe('ci', () => {
  it('has values for all that is not written', () => {
    const usual = parseConfig(STREAM, 'f').config;

    expect(usual?.ci).toEqual({
      engine: 'github',
      program: 'npm',
      runner: 'ubuntu-24.04',
      branch: 'main',
      schedule: '0 6 * * *',
      cleanup: '0 2 * * 0',
      ignore: ['**/*.md', 'docs/**'],
      timeout_minutes: 120,
      issue: '3d',
      keep_alive: true,
    });
    expect(usual?.streams[0]).not.toHaveProperty('ci');
  });

  it('stands beside streams', () => {
    const [version, ...rest] = STREAM.trimEnd().split('\n');
    const listed = rest.map((line, at) => (at === 0 ? `  - ${line}` : `    ${line}`)).join('\n');
    const text = `${version}\nstreams:\n${listed}\nci: { engine: gitlab, branch: trunk }\n`;

    const { config } = parseConfig(text, 'f');

    expect(config?.ci).toMatchObject({ engine: 'gitlab', branch: 'trunk' });
    expect(config?.streams).toHaveLength(1);
  });

  it('refuses what the engine would refuse, each at its place, all at once', () => {
    const problems = problemsIn(`  schedule: "0 25 * * *"
  cleanup: "@weekly"
  branch: main..x
  ignore: ["docs/[a-"]
  timeout_minutes: 361
  environment: "a,b"
  program: lockstep; id
  ignition: ../x.yaml
  issue: 3
`);

    expect(problems).toEqual([
      'lockstep.yaml:9:13: ci.schedule: hour is 25: it goes from 0 to 23',
      'lockstep.yaml:10:12: ci.cleanup: must be a cron line of five fields: minute hour day month weekday',
      'lockstep.yaml:11:11: ci.branch: is no name of a branch: it holds ..',
      'lockstep.yaml:12:12: ci.ignore[0]: [ has no ]',
      'lockstep.yaml:14:16: ci.environment: must be letters, digits and . _ / - or spaces between them',
      'lockstep.yaml:15:12: ci.program: must be npm, or a plain command',
      'lockstep.yaml:16:13: ci.ignition: must be a path inside the project',
      expect.stringMatching(/^lockstep\.yaml:17:10: ci\.issue: /),
    ]);
  });

  it('knows how long jobs may take on whose machines', () => {
    expect(problemsIn('  timeout_minutes: 361\n')).toEqual([
      'lockstep.yaml:9:20: ci.timeout_minutes: must be at most 360: GitHub ends jobs on ubuntu-24.04 then',
    ]);
    expect(problemsIn('  { runner: builder, timeout_minutes: 7200 }\n')).toEqual([]);
    expect(problemsIn('  { runner: builder, timeout_minutes: 7201 }\n')).toHaveLength(1);
  });

  it('refuses what the engine does not have', () => {
    expect(problemsIn('  { engine: forgejo, attest: true, pages: true }\n')).toEqual([
      'lockstep.yaml:9:30: ci.attest: is for github: forgejo attests nothing',
      'lockstep.yaml:9:43: ci.pages: is for github: none are made for forgejo',
    ]);
    expect(problemsIn('  { ignition: b.yaml, pages: false }\n')).toEqual([
      'lockstep.yaml:9:15: ci.ignition: is published on the pages: pages: true',
    ]);
  });
});
