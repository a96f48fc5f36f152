import { decodeJson } from '../schema/decode-json.ts';
import type { Report } from '../schema/rules.ts';
import type { Ignition } from '../spec/config.ts';
import { judgeText } from '../spec/judge.ts';
import type { SpecVersion } from '../spec/version.ts';
import { parseJson } from '../text/json.ts';

/**
 * Judges a document that is embedded to be merged or to replace the one around it. Only one of the
 * same version can be judged; what is wrong with it is told at its own paths.
 */
export function checkChild(
  text: string,
  { report, version }: { report: Report; version: SpecVersion },
): void {
  const parsed = parseJson({ file: '', text });
  const decoded = parsed.fault ? undefined : decodeJson(parsed.tree, version.struct);
  const wrong = parsed.fault?.message ?? decoded?.problem?.message;
  if (parsed.fault || !decoded || wrong != null) {
    report.problems.push({ severity: 'error', path: [], message: `embedded document: ${wrong}` });
    report.error(['inline'], 'this is no Ignition document');
    return;
  }
  const { version: said } = (decoded.value.ignition ?? {}) as Ignition;
  if (said !== version.version) {
    report.warn(['version'], `only an embedded document of ${version.version} can be judged here`);
    return;
  }
  for (const problem of judgeText(parsed.tree, version).problems)
    report.problems.push({ ...problem, message: `embedded document: ${problem.message}` });
}
