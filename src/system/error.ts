import { redact } from './redact.ts';

/** Who can do something about a failure; decides the exit code. */
export type ErrorKind = 'no' | 'user' | 'remote' | 'bug';

const KIND_OF = {
  'gate-failed': 'no',
  'build-failed': 'no',
  usage: 'user',
  config: 'user',
  'program-missing': 'user',
  'program-failed': 'user',
  'not-found': 'user',
  'invalid-reference': 'user',
  unsupported: 'user',
  'not-allowed': 'user',
  untrusted: 'user',
  busy: 'user',
  'disk-full': 'user',
  conflict: 'user',
  'limit-exceeded': 'remote',
  'digest-mismatch': 'remote',
  'invalid-content': 'remote',
  archive: 'remote',
  registry: 'remote',
  network: 'remote',
  timeout: 'remote',
  interrupted: 'remote',
  bug: 'bug',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof KIND_OF;

export interface LockstepErrorOptions {
  /** What the failure is about: reference, digest, path, URL. Secrets are masked here. */
  context?: Record<string, string | number | undefined>;
  /** The next step that the reader can take. */
  hint?: string;
  cause?: unknown;
  /** What is wrong where in the user's files, each by itself; the message says all of it too. */
  places?: readonly ErrorPlace[];
}

/** One thing that is wrong in a file, counted from line 1, column 1. */
export interface ErrorPlace {
  /** Absolute path. */
  file: string;
  line: number;
  column: number;
  message: string;
}

/**
 * The one error that lockstep throws on purpose. Its code says what went wrong, its kind
 * who can mend it; findings of a check are data and never thrown.
 */
export class LockstepError extends Error {
  readonly code: ErrorCode;
  readonly context: Readonly<Record<string, string | number>>;
  readonly hint: string | undefined;
  readonly places: readonly ErrorPlace[];

  constructor(code: ErrorCode, message: string, options: LockstepErrorOptions = {}) {
    super(redact(message), { cause: options.cause });
    this.name = 'LockstepError';
    this.code = code;
    this.places = options.places ?? [];
    this.hint = options.hint == null ? undefined : redact(options.hint);
    this.context = redactedContext(options.context ?? {});
  }

  get kind(): ErrorKind {
    return KIND_OF[this.code];
  }
}

/** Exit status of a failure: 1 the answer is no, 2 the user can fix it, 3 retry later, 4 a bug. */
export type FailureStatus = 1 | 2 | 3 | 4 | typeof SIGINT_STATUS | typeof SIGTERM_STATUS;

/** 128 and the number of the signal, as shells tell it. */
const SIGINT_STATUS = 130;
const SIGTERM_STATUS = 143;

/** The exit status that tells of a failure. */
export function exitCodeOf(error: unknown): FailureStatus {
  if (!(error instanceof LockstepError)) return fileFaultOf(error) ? 2 : 4;
  if (error.code === 'interrupted') {
    return error.context.signal === 'SIGTERM' ? SIGTERM_STATUS : SIGINT_STATUS;
  }
  return ({ no: 1, user: 2, remote: 3, bug: 4 } as const)[error.kind];
}

type FileFault = [code: ErrorCode, what: string, hint?: string];

const FULL = 'make room and call it again';
const MAY_NOT: FileFault = [
  'not-allowed',
  'this user may not do that',
  'call it as a user who may',
];

/** What the system refuses because of the disk and what lies there, not of how it was asked. */
const FILE_FAULTS = new Map<unknown, FileFault>([
  ['ENOSPC', ['disk-full', 'the disk is full', FULL]],
  ['EDQUOT', ['disk-full', 'this user has no room left', FULL]],
  ['EACCES', MAY_NOT],
  ['EPERM', MAY_NOT],
  ['EROFS', ['not-allowed', 'nothing can be written there', 'name another folder']],
  ['ENOTDIR', ['usage', 'what it should lie in is no folder']],
  ['EISDIR', ['usage', 'that is a folder']],
  ['ELOOP', ['usage', 'the links on the way lead in circles']],
  ['ENAMETOOLONG', ['usage', 'the name is too long']],
]);

/** An error of the file system in plain words, when it is the user who can mend it. */
export function fileFaultOf(error: unknown): LockstepError | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const [code, what, hint] = FILE_FAULTS.get(error.code) ?? [];
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (code == null || (path == null && code !== 'disk-full')) return undefined;
  const where = path == null ? '' : `${path}: `;
  const asked = syscall == null ? '' : ` (${syscall})`;
  return new LockstepError(code, `${where}${what}${asked}`, {
    cause: error,
    ...(hint == null ? {} : { hint }),
    context: { path },
  });
}

function redactedContext(
  context: Record<string, string | number | undefined>,
): Record<string, string | number> {
  const known = Object.entries(context).filter(([, value]) => value != null);
  return Object.fromEntries(
    known.map(([key, value]) => [key, typeof value === 'string' ? redact(value) : (value ?? 0)]),
  );
}
