import { stripVTControlCharacters } from 'node:util';

/** What lockstep said in the log of a job of why it failed. */
export interface LoggedFailure {
  stream?: string;
  /** The step of lockstep: `build kmods`, `boot`, … */
  step?: string;
  message: string;
  hint?: string;
}

/** What engines write before a line: times (GitHub, Forgejo, GitLab with its stream). */
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z(?: \d\d[OE][ +]?)? ?/;
/** An annotation, as it is sent and as GitHub shows it. */
const ANNOTATION = /^(?:::error(?: [^:]*(?:::?[^:]+)*)?::|##\[error\])/;
const STEP = /^(\S+) {2}FAIL {3}([^:]+?)(?:: (.*))?$/;

/**
 * Finds the failure that lockstep told in a log: the step of a stream that failed, and the error
 * with its hint at the end of the call. The last ones count. Undefined where lockstep said nothing.
 */
export function failureIn(log: string): LoggedFailure | undefined {
  let step: Omit<LoggedFailure, 'hint'> | undefined;
  let error: Pick<LoggedFailure, 'message' | 'hint'> | undefined;
  for (const line of log.split('\n').map(plain)) {
    const [, stream, name, message = ''] = STEP.exec(line) ?? [];
    if (stream && name) step = { stream, step: name, message: decoded(message) };
    const [, word, text = ''] = /^(error|hint): (.+)$/.exec(line) ?? [];
    if (word === 'error') error = { message: text };
    if (word === 'hint' && error) error.hint = text;
  }
  if (!step) return error;
  return {
    ...step,
    message: step.message || error?.message || 'failed',
    ...(error?.hint && { hint: error.hint }),
  };
}

function plain(line: string): string {
  return stripVTControlCharacters(line.replace(TIME, '')).replace(ANNOTATION, '').trimEnd();
}

/** Annotations have %, line ends and returns encoded. */
function decoded(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '').replaceAll('%25', '%');
}
