import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { happen } from '../src/workflow/testing/engine.ts';
import type { ReadJob, ReadWorkflow } from '../src/workflow/testing/project.ts';
import { median } from './measure/process.ts';
import { runTimed } from './processor-time.ts';

const ROUNDS = 5;
const BUILD = '.github/workflows/build.yml';
const lockstep = join(import.meta.dirname, '../dist/main.cjs');

/** A job of a run that found nothing to do. */
interface IdleJob {
  name: string;
  /** What its calls of lockstep took of the processor, with all programs that they started. */
  seconds: number;
}

/**
 * A scheduled run of a real stream that has been promoted to a real registry and has nothing to do:
 * the jobs of the generated build.yml that start, and the scripts of their steps, as they stand there.
 */
export async function measureIdleRun(): Promise<IdleJob[]> {
  await using registry = await startDockerRegistry();
  await using folder = await temporaryFolder();
  const run = await projectIn(folder.path, registry.host);
  await run('lockstep run -q');
  await run('lockstep workflow generate');
  const workflow = parse(await readFile(join(folder.path, BUILD), 'utf8')) as ReadWorkflow;
  const rounds: IdleJob[][] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await scheduled(workflow, run));
  const [first = []] = rounds;
  return first.map(({ name }, at) => ({
    name,
    seconds: median(rounds.map((jobs) => jobs[at]?.seconds ?? Number.NaN)),
  }));
}

/** Seconds of the processor that a script takes, with an environment of its own. */
type Run = (script: string, env?: Record<string, string>) => Promise<number>;

async function projectIn(folder: string, registry: string): Promise<Run> {
  const stream = {
    name: 'quiet',
    base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
    modules: [{ name: 'acpi-call', dkms: 'acpi-call-dkms' }],
    publish: { registry: `${registry}/me`, image: 'quiet', kmods: 'kmods' },
  };
  const config = { version: 1, ...stream, ci: { program: 'lockstep' } };
  await writeFile(join(folder, 'lockstep.yaml'), stringify(config));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const program = `#!/bin/sh\nexec '${process.execPath}' '${lockstep}' "$@"\n`;
  await writeFile(join(bin, 'lockstep'), program);
  await chmod(join(bin, 'lockstep'), 0o755);
  const PATH = `${bin}${delimiter}${process.env.PATH}`;
  return async (script, env = {}) => {
    const options = { cwd: folder, env: { ...process.env, ...env, PATH } };
    return (await runTimed('bash', ['-e', '-c', script], options)).seconds;
  };
}

/** What the plan puts out decides which other jobs start. */
async function scheduled(workflow: ReadWorkflow, run: Run): Promise<IdleJob[]> {
  await using folder = await temporaryFolder();
  const outputs = join(folder.path, 'outputs');
  const plan = { name: 'plan', seconds: await secondsOf(workflow.jobs.plan, run, outputs) };
  const text = await readFile(outputs, 'utf8');
  const found = [...text.matchAll(/^(\w+)<<(.+)\n([\s\S]*?)\n\2$/gm)];
  const put = Object.fromEntries(found.map(([, name = '', , value = '']) => [name, value]));
  const main = { event: 'schedule', ref: 'refs/heads/main' };
  const results = happen(workflow, { ...main, outputs: { plan: put } });
  const jobs = [plan];
  for (const [name, result] of Object.entries(results)) {
    if (name === 'plan' || result === 'skipped') continue;
    jobs.push({ name, seconds: await secondsOf(workflow.jobs[name], run, outputs) });
  }
  return jobs;
}

async function secondsOf(job: ReadJob | undefined, run: Run, outputs: string): Promise<number> {
  let seconds = 0;
  for (const { run: script, env } of job?.steps ?? [])
    if (script) seconds += await run(script, { ...valuesOf(env), GITHUB_OUTPUT: outputs });
  return seconds;
}

/** An environment as a run by schedule has it here: no inputs, a login, the project's folder. */
function valuesOf(env: Record<string, string> = {}): Record<string, string> {
  const values: Record<string, string> = {
    'github.workspace': '.',
    'toJSON(inputs)': 'null',
    'secrets.LOCKSTEP_REGISTRY_AUTH': '{"auths":{"host.example":{"auth":"bWU6eA=="}}}',
  };
  const valued = (text: string) =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => values[expression] ?? '');
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, valued(text)]));
}
