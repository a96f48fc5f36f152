import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { documentName, runJob } from '../../../ignition/build-job.ts';
import { installText } from '../../../ignition/install.ts';
import type { BuildJob } from '../../../ignition/job.ts';
import { secretFindings } from '../../../ignition/secrets.ts';
import { type FreshBuild, FreshDocument } from '../../../ignition/serve/document.ts';
import { OncePath } from '../../../ignition/serve/once.ts';
import { type Serving, serveDocument } from '../../../ignition/serve/server.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { reportError } from '../../options/report.ts';
import { printFindings } from '../render/findings.ts';
import type { BuildCommandOptions } from './build.ts';
import { jobFrom } from './job.ts';

export interface ServeCommandOptions extends BuildCommandOptions {
  listen: string;
  tls?: string[] | undefined;
  once?: true | undefined;
  expire: string;
}

/** `lockstep ignition serve`: until it is interrupted, or the time of a one-time path is over. */
export async function runServe(
  context: Context,
  inputs: readonly string[],
  options: ServeCommandOptions,
): Promise<void> {
  const now = () => performance.now();
  const lifetime = minutes(options.expire) * 60_000;
  const once =
    options.once &&
    new OncePath({
      lifetime,
      now,
      onDone: () => void context.stderr.write('fetched; the path is spent\n'),
    });
  let name = 'config.ign';
  const build = async (): Promise<FreshBuild> => {
    const job = await jobFrom(context, inputs, options);
    name = documentName(job);
    return buildServed(context, job, once != null);
  };
  const failed = (error: unknown) => void reportError(error, []);
  const document = new FreshDocument({ build, now, failed });
  const first = await document.current();
  if (!first) {
    process.exitCode = 1;
    return;
  }
  await using serving = await serveDocument({
    ...(await addressOf(context, options)),
    path: `/${name}`,
    once,
    current: () => document.current(),
  });
  tell(context, { serving, name, hash: first.hash });
  await Promise.race([interrupted(context.signal), once ? after(lifetime) : never()]);
}

async function buildServed(context: Context, job: BuildJob, once: boolean): Promise<FreshBuild> {
  const file = job.sources[0]?.file ?? '-';
  const result = await runJob(job, {
    check: async ({ document }) =>
      document && !once ? secretFindings(document, { file, severity: 'warning' }) : [],
  });
  printFindings(context, result.findings, job.sources);
  if (result.secret && !once)
    throw new LockstepError('not-allowed', 'a document with a !secret is served with --once alone');
  const named = job.sources.filter((one) => one.file !== '<stdin>');
  const made = named.map((one) => resolve(context.cwd, one.file));
  return {
    text: result.done && `${result.done.text}\n`,
    files: [...made, ...(job.files?.used ?? [])],
  };
}

function tell(
  { stdout }: Context,
  { serving, name, hash }: { serving: Serving; name: string; hash: string },
): void {
  stdout.write(`${serving.url}\n\n${installText({ name, url: serving.url, hash })}`);
}

function minutes(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 7 * 24 * 60) return value;
  throw new LockstepError('usage', `--expire takes minutes, at most a week, not ${text}`);
}

async function addressOf({ cwd }: Context, { listen, tls }: ServeCommandOptions) {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(listen) ?? [];
  if (port == null || Number(port) > 65_535)
    throw new LockstepError('usage', `--listen takes ADDRESS:PORT, not ${listen}`);
  if (tls && tls.length !== 2) throw new LockstepError('usage', '--tls takes two files: CERT KEY');
  const host = bracketed ?? (plain || '127.0.0.1');
  if (!tls) return { host, port: Number(port) };
  const [cert, key] = await Promise.all(tls.map((file) => pem(resolve(cwd, file))));
  if (!cert || !key) throw new LockstepError('usage', '--tls takes two files: CERT KEY');
  return { host, port: Number(port), tls: { cert, key } };
}

async function pem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new LockstepError('not-found', `${path} cannot be read`, { cause });
  }
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) settle();
    signal.addEventListener('abort', () => settle(), { once: true });
  });
}

function after(milliseconds: number): Promise<void> {
  return new Promise((settle) => {
    setTimeout(settle, milliseconds).unref();
  });
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
