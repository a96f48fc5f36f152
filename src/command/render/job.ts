import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { ErrorPlace } from '../../system/error.ts';
import type { Finding, Severity } from '../../system/finding.ts';
import type { Context } from '../context/context.ts';
import { placeText } from '../text/place.ts';

/** GitHub's name of each severity (workflow commands). */
const LEVEL: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'notice' };

type Env = Context['env'];

/** True in a job of GitHub Actions, or of what speaks its language (Forgejo, Gitea). */
export function isJob(env: Env): boolean {
  return env.GITHUB_ACTIONS === 'true';
}

/** A line that makes an annotation; with a place it stands in the diff of a pull request. */
export function annotation(
  { message, severity = 'error' }: { message: string; severity?: Severity },
  place?: { file: string; line?: number; column?: number },
): string {
  const at = { file: place?.file, line: place?.line, col: place?.column };
  const known = Object.entries(at).filter(([, value]) => value != null);
  const where = known.map(([key, value]) => `${key}=${property(String(value))}`).join(',');
  return `::${LEVEL[severity]}${where && ` ${where}`}::${data(message)}\n`;
}

/** Annotations of what is wrong in files, by their paths from the root of the checkout. */
export function placeAnnotations(places: readonly ErrorPlace[], env: Env): string {
  const root = resolve(env.GITHUB_WORKSPACE || '.');
  return places
    .map((place) => annotation(place, { ...place, file: relative(root, resolve(place.file)) }))
    .join('');
}

/**
 * Annotations of what a gate found, at the places of the checkout that the findings name; for others
 * `file` of it is what they are about. Without one they name the file inside of the image that was
 * looked at.
 */
export function findingAnnotations(
  findings: readonly Finding[],
  { env, file }: { env: Env; file?: string },
): string {
  const root = resolve(env.GITHUB_WORKSPACE || '.');
  const usual = file == null ? undefined : { file: relative(root, file) };
  return findings
    .map(({ message, severity, rule, where }) => {
      const own = placeText(where, root) && { ...where, file: relative(root, where?.file ?? '') };
      const place = own || usual;
      const isNamed = place || !where?.file || message.includes(where.file);
      const about = isNamed ? '' : `${where.file}: `;
      return annotation({ message: `${about}${message} [${rule}]`, severity }, place);
    })
    .join('');
}

/** Adds Markdown to the summary of the job, where there is one. */
export async function addSummary(env: Env, markdown: string): Promise<void> {
  if (env.GITHUB_STEP_SUMMARY) await appendFile(env.GITHUB_STEP_SUMMARY, `${markdown}\n`);
}

/** Gives values to later steps of the job. A value cannot end itself and begin another. */
export async function addOutputs(env: Env, values: Record<string, string>): Promise<void> {
  if (env.GITHUB_OUTPUT) await writeOutputs(env.GITHUB_OUTPUT, values);
}

/** The same into a file that is named. */
export async function writeOutputs(file: string, values: Record<string, string>): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => {
    const end = `end-${randomUUID()}`;
    return `${name}<<${end}\n${value}\n${end}\n`;
  });
  await appendFile(file, lines.join(''));
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line), ''].join('\n');
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\|<`*_[\]]/g, '\\$&');
}

/** The text of a workflow command. */
export function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
