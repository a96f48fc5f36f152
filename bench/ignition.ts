/**
 * `lockstep ignition build` of the built package, whole processes, one run: of the example against
 * `node -e 0` (goal: at most 2.2 times); 2,000 inline files and a tree of 5,000 files against the CPU
 * time of butane (goals: at most 1.5 and 0.5 times) where it is on PATH; `serve`, requests with an
 * ETag that is known (goal: 5,000 a second).
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { findProgram } from '../src/system/program.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { measureProcess, medianRatio } from './measure/process.ts';

const ROOT = join(import.meta.dirname, '..');
const main = join(ROOT, 'dist/main.cjs');
const node = process.execPath;
const say = (line: string): void => void process.stdout.write(`ignition: ${line}\n`);
const butane = findProgram('butane', process.env);

await using folder = await temporaryFolder();
await example();
await manyFiles();
await tree();
await serving();

async function example(): Promise<void> {
  const cwd = join(ROOT, 'examples/custom-coreos');
  const build = async () =>
    (await measureProcess(node, [main, 'ignition', 'build'], { cwd })).seconds;
  const nothing = async () => (await measureProcess(node, ['-e', '0'])).seconds;
  await build();
  const ratio = await medianRatio(15, build, nothing);
  say(`the example takes ${ratio.toFixed(2)} times node -e 0 (goal 2.2)`);
}

async function manyFiles(): Promise<void> {
  const lines = (file: number) =>
    Array.from({ length: 20 }, (_, line) => `          key${line} = value ${file * line}\n`).join(
      '',
    );
  const files = Array.from(
    { length: 2000 },
    (_, at) =>
      `    - path: /etc/many/file-${at}.conf\n      mode: 0644\n      contents:\n        inline: |\n${lines(at)}`,
  );
  const file = join(folder.path, 'many.bu');
  await writeFile(file, `variant: fcos\nversion: 1.7.0\nstorage:\n  files:\n${files.join('')}`);
  compare('2,000 inline files', [file], 1.5);
}

async function tree(): Promise<void> {
  const root = join(folder.path, 'files');
  for (let at = 0; at < 5000; at++) {
    const below = join(root, `tree/d${at % 50}`);
    if (at < 50) await mkdir(below, { recursive: true });
    await writeFile(join(below, `f${at}`), `file ${at}\n`.repeat(20));
  }
  const file = join(folder.path, 'tree.bu');
  await writeFile(file, 'variant: fcos\nversion: 1.7.0\nstorage: { trees: [{ local: tree }] }\n');
  compare('a tree of 5,000 files', ['-d', root, file], 0.5);
}

function compare(what: string, args: readonly string[], goal: number): void {
  const ours = cpuSeconds(node, [main, 'ignition', 'build', ...args]);
  if (!butane) return say(`${what}: ${ours.toFixed(2)} s of CPU; no butane here to compare with`);
  const ratio = ours / cpuSeconds(butane, args);
  return say(`${what}: ${ratio.toFixed(2)} times butane's CPU time (goal ${goal})`);
}

/** CPU time of a child, user and system, by what this process's children took together. */
function cpuSeconds(program: string, args: readonly string[]): number {
  const script =
    'const{spawnSync}=require("node:child_process");const[p,...a]=process.argv.slice(1);const r=spawnSync(p,a,{maxBuffer:1<<28});if(r.status)throw r.stderr;process.stdout.write(require("node:fs").readFileSync("/proc/self/stat","utf8"))';
  const { stdout, stderr, status } = spawnSync(node, ['-e', script, program, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  // proc(5): cutime and cstime are fields 16 and 17, in ticks of 10 ms.
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function serving(): Promise<void> {
  const cwd = join(ROOT, 'examples/custom-coreos');
  const server = spawn(node, [main, 'ignition', 'serve'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = (await once(server.stdout, 'data')) as [Buffer];
  const url = String(first).split('\n')[0] ?? '';
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const ask = async (headers: Record<string, string>) => {
    const [response] = (await once(request(url, { agent, headers }).end(), 'response')) as [
      NodeJS.ReadableStream & { headers: Record<string, string> },
    ];
    response.resume();
    await once(response, 'end');
    return response.headers;
  };
  const { etag = '' } = await ask({});
  const count = 20_000;
  const before = cpuOf(server.pid);
  const started = performance.now();
  const work = async () => {
    for (let at = 0; at < count / 16; at++) await ask({ 'if-none-match': etag });
  };
  await Promise.all(Array.from({ length: 16 }, work));
  const seconds = (performance.now() - started) / 1000;
  const core = cpuOf(server.pid) - before;
  server.kill();
  agent.destroy();
  const asked = Math.round(count / seconds);
  say(
    `serve answers ${Math.round(count / core)} requests a second of its core (goal 5000); one process asked ${asked} a second`,
  );
}

/** CPU time (seconds) that a running process took: fields 14 and 15 of proc(5), in ticks of 10 ms. */
function cpuOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
