import type { Stream } from '../../config/schema.ts';
import { programsOf } from '../../release/context/preflight.ts';
import { findProgram, PACKAGE_OF, type ProgramName } from '../../system/program.ts';

/** Programs that others start: containers of ordinary users, indexes of modules, signatures. */
const ALSO: readonly ProgramName[] = ['newuidmap', 'depmod', 'gpgv', 'git', 'tar'];

/** The Debian packages of programs that runs of these streams start and that PATH does not have. */
export function missingPackages(streams: readonly Stream[], env: NodeJS.ProcessEnv): string[] {
  const programs = [...streams.flatMap((stream) => programsOf(stream)), ...ALSO];
  const missing = programs.filter((name) => findProgram(name, env) == null);
  return [...new Set(missing.map((name) => PACKAGE_OF[name]))].sort();
}
