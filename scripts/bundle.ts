/**
 * The npm package's code with the packages that it uses, in few files: a command reads what it needs
 * in tens of files instead of hundreds, and of a package only what is used. `node scripts/bundle.ts DIR`.
 */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');

/** What threads run is found beside the code that starts it. */
const WORKERS = globSync('src/**/*-worker.ts', { cwd: ROOT });

const ENTRIES = {
  main: 'src/command/main.ts',
  index: 'src/index.ts',
  ...Object.fromEntries(WORKERS.map((file) => [basename(file, '.ts'), file])),
};

/** Of these the machine code for the machine's kind is installed by npm. */
const NATIVE = ['@napi-rs/lzma', 'snappy'];

/** How imports of Node's own modules stand in what is written. */
const BUILTIN = /^import (\w+|\{[^}]*\}) from "(node:[\w/]+)";$/gm;

if (import.meta.main) await bundle(process.argv[2] ?? join(ROOT, 'dist'));

/** Writes the package's code, or that of other entries, flat into a folder. */
export async function bundle(
  folder: string,
  entries: Record<string, string> = ENTRIES,
): Promise<void> {
  const build = await rolldown({
    cwd: ROOT,
    input: entries,
    platform: 'node',
    external: [/^node:/, ...NATIVE],
    plugins: [requiredBuiltins(), licences()],
  });
  await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await build.close();
}

/**
 * Takes Node's own modules as `require` does. An import reads every property of them at once, with
 * `node:process` that opens standard input, with `node:http` it loads all of `fetch`: a quarter of
 * the time of a short command. `main` must be understood by a Node that is too old.
 */
function requiredBuiltins(): Plugin {
  return {
    name: 'required-builtins',
    renderChunk: (code, { name }) =>
      name === 'main'
        ? undefined
        : code.replaceAll(BUILTIN, (_, names: string, module: string) => {
            const target = names.replaceAll(' as ', ': ');
            return `const ${target} = globalThis.process.getBuiltinModule("${module}");`;
          }),
  };
}

/** `LICENSES.txt`: the terms of every package of which something was taken. */
function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_, output) {
      const chunks = Object.values(output).filter((part): part is OutputChunk => 'modules' in part);
      const folders = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap(packageFolder)));
      const source = [...folders].sort().map(termsOf).join('\n');
      if (source !== '') this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source });
    },
  };
}

/** `…/node_modules/NAME` or `…/node_modules/@SCOPE/NAME` of a module; nothing for one of our own. */
function packageFolder(module: string): string[] {
  const mark = `${sep}node_modules${sep}`;
  const at = module.lastIndexOf(mark);
  if (at < 0) return [];
  const [first = '', second = ''] = module.slice(at + mark.length).split(sep);
  const name = first.startsWith('@') ? join(first, second) : first;
  return [join(module.slice(0, at), 'node_modules', name)];
}

function termsOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file == null ? `${license}\n` : readFileSync(join(folder, file), 'utf8');
  return `# ${name} ${version}\n\n${text}`;
}
