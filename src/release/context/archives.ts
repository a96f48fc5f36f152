import type { Stream } from '../../config/schema.ts';
import { type Archive, openArchive } from '../../stream/debian/apt/archive.ts';
import { LockstepError } from '../../system/error.ts';
import { Once } from '../../system/once.ts';

/** The Debian archives of a run, each opened and brought up to date once. */
export interface Archives {
  /** Where the base, the builder and the packages of the image come from. */
  base(): Promise<Archive>;
  /** Where a module comes from that names a suite of its own. */
  of(suite: string): Promise<Archive>;
}

export interface ArchivesOptions {
  folder: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Where archives are looked for that others have opened already (default: nowhere). */
  once?: Once | undefined;
}

/** Where DKMS packages are looked for when the base is no Debian one. */
const COMPONENTS = ['main', 'contrib'];

/** The Debian archives that a stream may ask; nothing is asked before the first use. */
export function archivesOf(
  stream: Stream,
  { once = new Once(), ...options }: ArchivesOptions,
): Archives {
  const components = stream.base.debian?.components ?? COMPONENTS;
  const open = (suites: readonly string[]) => {
    const request = { suites, components };
    return once.get(['archive', request], () =>
      openArchive(request, { ...options, withSources: true }),
    );
  };
  return { base: () => open(suitesOf(stream)), of: (suite) => open([suite]) };
}

/** The suite of the base, and those that single packages are asked from (`name/suite`). */
function suitesOf(stream: Stream): string[] {
  const debian = debianBaseOf(stream);
  const asked = [...debian.packages, ...stream.image.packages];
  const suites = asked.flatMap((choice) => choice.split('/').slice(1));
  return [...new Set([debian.suite, ...suites])];
}

/** The configured Debian base; throws `bug` for streams of another family. */
export function debianBaseOf({ base }: Stream): NonNullable<Stream['base']['debian']> {
  if (base.debian) return base.debian;
  throw new LockstepError('bug', 'a base that is an image has no Debian archive');
}
