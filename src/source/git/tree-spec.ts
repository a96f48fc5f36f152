import { type SourceNeeds, sourceNeeds } from '../spec/remote-sources.ts';
import { readSourcesFile } from '../spec/sources-file.ts';
import { readSpec } from '../spec/spec.ts';

/** The spec file that a module is built by. */
export interface SpecChoice {
  /** `NAME-kmod.spec`. */
  file: string;
  /** Packages that its build needs. */
  requires: string[];
}

/** What a spec file and its folder say, and why it cannot be built. */
export interface SpecReading extends SourceNeeds {
  version?: string;
  spec: SpecChoice;
}

/** The spec that was asked for, the only one of modules, or those that there are to choose from. */
export function chooseSpec(
  files: readonly string[],
  asked: string | undefined,
): string | string[] | undefined {
  if (asked) return files.includes(asked) ? asked : undefined;
  const specs = files.filter((name) => /^\w[\w.+-]*-kmod\.spec$/.test(name));
  return specs.length > 1 ? specs : specs[0];
}

/** Reads a spec file with the names of what lies beside it, and the text of its file `sources`. */
export function readSpecFile(
  file: string,
  text: string,
  folder: { listed: readonly string[]; sources: string | undefined },
): SpecReading {
  const spec = readSpec(text);
  const checksums = readSourcesFile(folder.sources ?? '');
  const { remote, problems } = sourceNeeds(spec, { files: new Set(folder.listed), checksums });
  const isOther = spec.name != null && `${spec.name}.spec` !== file;
  const { requires, version } = spec;
  return {
    spec: { file, requires: [...new Set(requires)] },
    ...(version && { version }),
    remote,
    problems: isOther ? [`its Name is ${spec.name}, not that of the file`, ...problems] : problems,
  };
}
