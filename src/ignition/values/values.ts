import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LocalFileError, LocalFiles } from '../butane/local-files.ts';
import { textOfBytes } from '../text/scalar.ts';
import { type ExpandContext, ExpandError, type VariableValue } from './expand.ts';

/** Where the values of a document's tags come from. */
export interface ValueSources {
  /** Of `lockstep.yaml`: plain values, `env:NAME` or `file:PATH`. */
  variables?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Of `lockstep.yaml`: `env:NAME`, or a file of the project. */
  secrets?: Readonly<Record<string, string>> | undefined;
  /** Given for this call; they win. */
  set?: ReadonlyMap<string, string> | undefined;
  env: NodeJS.ProcessEnv;
  /** The folder of the project. */
  project: string;
  /** Name of the configuration, for findings. */
  configFile: string;
  /** `image`, `image_digest`, `kernel`, `module.NAME`; undefined for a name that is none of them. */
  builtIn?: ((name: string) => Promise<string | undefined>) | undefined;
}

/** A file with a value is small (bytes). */
const LIMIT = 1 << 20;

/** Looks values up for tags. */
export function expandContext(sources: ValueSources): ExpandContext {
  const { set, variables = {}, secrets = {}, configFile, builtIn } = sources;
  const used = new Set<string>();
  return {
    used,
    async variable(name): Promise<VariableValue> {
      const given = set?.get(name);
      if (given != null) return { text: given, from: '--set' };
      const said = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (said != null)
        return placed(String(said), {
          sources,
          used,
          from: `${configFile}: ignition.variables.${name}`,
        });
      const known = await builtIn?.(name);
      if (known != null) return { text: known, from: 'the image' };
      throw new ExpandError(`nothing says what ${name} is: --set ${name}=…, or ignition.variables`);
    },
    secret(name): VariableValue {
      const said = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
      if (said == null) throw new ExpandError(`ignition.secrets of ${configFile} has no ${name}`);
      const place = said.startsWith('env:') ? said : `file:${said}`;
      return placed(place, { sources, used, from: `${configFile}: ignition.secrets.${name}` });
    },
    include(path, from) {
      const files = new LocalFiles(dirname(resolve(sources.project, from.file)));
      used.add(join(files.root, path));
      try {
        return { file: join(dirname(from.file), path), text: textOfBytes(files.read(path)) };
      } catch (error) {
        if (error instanceof LocalFileError) throw new ExpandError(`${path}: ${error.message}`);
        throw error;
      }
    },
  };
}

function placed(
  said: string,
  { sources, used, from }: { sources: ValueSources; used: Set<string>; from: string },
): VariableValue {
  const [, kind, name = ''] = /^(env|file):(.*)$/s.exec(said) ?? [];
  if (kind == null) return { text: said, from };
  const path = resolve(sources.project, name);
  if (kind === 'file') used.add(path);
  const text = kind === 'env' ? sources.env[name] : fileText(path);
  if (text == null)
    throw new ExpandError(
      `${from}: ${kind === 'env' ? `$${name} is not set` : `there is no ${name}`}`,
    );
  return { text, from };
}

/** Without the newline that editors put at the end. */
function fileText(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) return undefined;
  if (stats.size > LIMIT) throw new ExpandError(`${basename(path)} is larger than ${LIMIT} bytes`);
  return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
}
