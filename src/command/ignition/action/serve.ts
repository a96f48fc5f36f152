import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { documentName, runJob } from '../../../ignition/build-job.ts';
import type { IgnitionFinding } from '../../../ignition/finding.ts';
import { installText } from '../../../ignition/install.ts';
import type { BuildJob } from '../../../ignition/job.ts';
import { secretFindings } from '../../../ignition/secrets.ts';
import { type FreshBuild, FreshDocument } from '../../../ignition/serve/document.ts';
import { OncePath } from '../../../ignition/serve/once.ts';
import { serveDocument } from '../../../ignition/serve/server.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
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

/** The document of `ignition serve --json`. */
interface ServeSummary {
  /** Where the document is fetched; without one it could not be built, and is not served. */
  url: string | undefined;
  /** `sha512-…` of the document. */
  hash: string | undefined;
  findings: readonly IgnitionFinding[];
}

/** `lockstep ignition serve`: until it is interrupted, or the time of a one-time path is over. */
export async function serve(
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
  let isServed = false;
  let findings: readonly IgnitionFinding[] = [];
  const { json } = options;
  const summary = (url?: string, hash?: string): ServeSummary => ({ url, hash, findings });
  const build = async (): Promise<FreshBuild> => {
    const job = await jobFrom(context, inputs, options);
    name = documentName(job);
    const built = await buildServed(context, job, once != null);
    findings = built.findings;
    if (!json || isServed) printFindings(context, findings, job.sources);
    return { ...built, files: [...built.files, resolve(context.cwd, options.config)] };
  };
  const failed = (error: unknown) => void reportError(error, []);
  const document = new FreshDocument({ build, now, failed });
  const first = await document.current();
  isServed = true;
  if (!first) {
    process.exitCode = 1;
    return json && printJson(context, summary());
  }
  await using serving = await serveDocument({
    ...(await addressOf(context, options)),
    path: `/${name}`,
    once,
    current: () => document.current(),
  });
  const { url } = serving;
  if (json) printJson(context, summary(url, first.hash));
  else context.stdout.write(`${url}\n\n${installText({ name, url, hash: first.hash })}`);
  await Promise.race([interrupted(context.signal), once ? after(lifetime) : never()]);
  if (once?.state() !== 'expired') return undefined;
  context.stderr.write(`nobody fetched it in ${options.expire} minutes\n`);
  process.exitCode = 1;
  return undefined;
}

async function buildServed(
  context: Context,
  job: BuildJob,
  once: boolean,
): Promise<FreshBuild & Pick<ServeSummary, 'findings'>> {
  const file = job.sources[0]?.file ?? '-';
  const result = await runJob(job, {
    check: async ({ document }) =>
      document && !once ? secretFindings(document, { file, severity: 'warning' }) : [],
  });
  if (result.secret && !once)
    throw new LockstepError('not-allowed', 'a document with a !secret is served with --once alone');
  const named = job.sources.filter((one) => one.file !== '<stdin>');
  const made = named.map((one) => resolve(context.cwd, one.file));
  return {
    findings: result.findings,
    text: result.done && `${result.done.text}\n`,
    files: [...made, ...job.expand.used, ...(job.files?.used ?? [])],
  };
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
