import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateFiles } from '../generate.ts';
import { aProject } from '../testing/project.ts';
import { placeText } from './finding.ts';
import { checkWorkflow } from './rules.ts';
import { WorkflowFile } from './workflow-file.ts';

const FAULTS = `name: faults
on:
  pull_request_target:
  workflow_run: { workflows: [build] }
env:
  TOKEN: \${{ secrets.TOKEN }}
jobs:
  first:
    runs-on: ubuntu-24.04
    permissions: write-all
    steps:
      - uses: actions/checkout@v4
      - run: |
          echo start
          echo "\${{ github.event.issue.title }}" \${{ inputs.x }}
      - uses: actions/github-script@3d3c42e5aac5ba805825da76410c181273ba90b1
        with:
          script: core.info(\`\${{ github.head_ref }}\`)
  second:
    uses: owner/repo/.github/workflows/x.yml@main
    secrets: inherit
`;

function found(text: string): string[] {
  const findings = checkWorkflow(new WorkflowFile('w.yml', text));
  return findings.map((finding) => `${placeText(finding)} ${finding.rule}`);
}

describe('checkWorkflow', () => {
  it('finds each fault at its place', () => {
    expect(found(FAULTS)).toEqual([
      'w.yml:2:1 missing-concurrency',
      'w.yml:3:3 pull-request-target',
      'w.yml:4:3 workflow-run',
      'w.yml:6:3 wide-secret',
      'w.yml:8:3 missing-limit',
      'w.yml:10:5 too-many-rights',
      'w.yml:12:9 unpinned-action',
      'w.yml:12:9 left-credentials',
      'w.yml:15:17 expression-in-script',
      'w.yml:15:50 expression-in-script',
      'w.yml:18:30 expression-in-script',
      'w.yml:19:3 missing-rights',
      'w.yml:20:5 unpinned-action',
      'w.yml:21:5 inherited-secrets',
    ]);
  });

  it.each([
    ['secrets behind braces', "env: { A: '${{ format(''{0}'', secrets.A) }}' }", 'wide-secret'],
    ['secrets in capitals', 'env: { A: "${{ SECRETS.A }}" }', 'wide-secret'],
    ['an alias of nothing', 'env: *nope', 'unreadable'],
  ])('finds %s', (_, line, rule) => {
    const text = `on: push\npermissions: {}\nconcurrency: x\n${line}\njobs: {}\n`;

    expect(found(text)).toEqual([expect.stringMatching(new RegExp(`^w.yml:4:\\d+ ${rule}$`))]);
  });

  it('finds expressions that escapes hide, and checkouts whatever their case', () => {
    const at = '3d3c42e5aac5ba805825da76410c181273ba90b1';
    const steps = `[{ uses: Actions/Checkout@${at} }, { run: "echo \\x24{{ github.actor }}" }]`;

    expect(found(`runs: { using: composite, steps: ${steps} }\n`)).toEqual([
      'w.yml:1:37 left-credentials',
      expect.stringContaining('expression-in-script') as string,
    ]);
  });

  it('reads very many expressions that do not end', () => {
    const many = '${{ '.repeat(200_000);
    const text = `on: push\npermissions: {}\nconcurrency: x\nenv: { A: "${many}" }\njobs: {}\nruns: { steps: [{ run: "${many}" }] }\n`;

    expect(found(text)).toEqual([]);
  });

  it('tells the digest of an image that is an action', () => {
    const text = 'runs: { using: composite, steps: [{ uses: "docker://alpine:3.19" }] }\n';
    const [finding] = checkWorkflow(new WorkflowFile('w.yml', text));

    expect(finding?.hint).toBe('docker://alpine:3.19@sha256:…, the digest that its tag names now');
  });

  it('says what to write instead, by every finding', () => {
    const findings = checkWorkflow(new WorkflowFile('w.yml', FAULTS));

    for (const { hint } of findings) expect(hint).toMatch(/\S/);
    expect(findings.find(({ rule }) => rule === 'expression-in-script')?.hint).toBe(
      'env: { VALUE: "${{ github.event.issue.title }}" }, and "$VALUE" in the script',
    );
  });

  it.each([
    ['on: [push, pull_request_target]', 'w.yml:1:12 pull-request-target'],
    ['on: pull_request_target', 'w.yml:1:1 pull-request-target'],
    ['"on":\n  pull_request_target:', 'w.yml:2:3 pull-request-target'],
  ])('reads events in each form: %s', (on, expected) => {
    expect(found(`${on}\npermissions: {}\njobs: {}\n`)).toContain(expected);
  });

  it.each([
    ['./local', true],
    ['docker://alpine@sha256:' + 'a'.repeat(64), true],
    ['docker://alpine:3', false],
    ['actions/checkout@' + 'a'.repeat(39), false],
    ['actions/checkout@' + 'a'.repeat(40), true],
    ['actions/cache/save@' + 'a'.repeat(40), true],
    ['actions/cache', false],
  ])('knows whether %s is pinned: %s', (uses, isPinned) => {
    const text = `permissions: {}\njobs:\n  a:\n    steps:\n      - uses: ${uses}\n`;

    expect(found(text).some((line) => line.endsWith('unpinned-action'))).toBe(!isPinned);
  });

  it('asks for digests of images, wherever they stand', () => {
    const digest = `a/b@sha256:${'a'.repeat(64)}`;
    const text = (image: string) => `permissions: {}
jobs:
  a:
    container: ${image}
  b:
    container: { image: "${image}", options: --privileged }
    services:
      c: { image: "${image}" }
`;
    const unpinned = (image: string) =>
      found(text(image)).filter((line) => line.endsWith('unpinned-image'));

    expect(unpinned('quay.io/fedora/fedora:latest')).toEqual([
      'w.yml:4:5 unpinned-image',
      'w.yml:6:18 unpinned-image',
      'w.yml:8:12 unpinned-image',
    ]);
    expect(unpinned(digest)).toEqual([]);
    expect(unpinned('${{ inputs.image }}')).toEqual([]);
    expect(found('runs: { using: docker, image: "docker://alpine:3" }\n')).toEqual([
      'w.yml:1:24 unpinned-image',
    ]);
    expect(found('runs: { using: docker, image: Dockerfile }\n')).toEqual([]);
  });

  it('looks behind aliases', () => {
    const text = `permissions: {}
jobs:
  a:
    env: &env
      KEY: \${{ secrets['KEY'] }}
    steps: &steps
      - uses: actions/cache@v4
  b:
    env: *env
    steps: *steps
`;

    const wrong = found(text).filter((line) => /unpinned|wide/.test(line));

    expect(wrong).toEqual(['w.yml:5:7 wide-secret', 'w.yml:7:9 unpinned-action']);
  });

  it('reads actions of the project too', () => {
    const text =
      'runs:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.x }}\n      shell: bash\n';

    expect(found(text)).toEqual(['w.yml:4:17 expression-in-script']);
  });

  it('tells of a file that is no YAML', () => {
    expect(found('jobs: [\n')).toEqual([expect.stringMatching(/^w\.yml:\d+:\d+ unreadable$/)]);
  });

  it('finds nothing in what lockstep makes', () => {
    for (const engine of ['github', 'forgejo'] as const) {
      const ci = `{ engine: ${engine}, environment: production, ignition: ${engine === 'github' ? 'b.yaml' : 'null'} }`;
      const project = aProject({ ci: ci.replace(', ignition: null', '') });
      for (const { path, text } of generateFiles(project))
        if (path.endsWith('.yml')) expect([path, found(text)]).toEqual([path, []]);
    }
  });

  it('reads whatever it is given', () => {
    const any = fc.oneof(fc.string(), fc.mixedCase(fc.constant(FAULTS)), cut());
    fc.assert(
      fc.property(any, (text) => {
        for (const { where } of checkWorkflow(new WorkflowFile('w.yml', text))) {
          expect(where.line).toBeGreaterThan(0);
          expect(where.column).toBeGreaterThan(0);
        }
      }),
    );
  });
});

function cut(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(FAULTS.length), fc.nat(FAULTS.length), fc.string({ maxLength: 3 }))
    .map(([from, to, between]) => FAULTS.slice(0, from) + between + FAULTS.slice(to));
}
