/**
 * The npm package's code with the packages that it uses, in few files: a command reads what it needs
 * in tens of files instead of hundreds, and of a package only what is used. `node scripts/bundle.ts DIR`.
 */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { type CodeSplittingGroup, type OutputChunk, type Plugin, rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');

/** What threads run is found beside the code that starts it. */
const WORKERS = globSync('src/**/*-worker.ts', { cwd: ROOT });

/** What is run: the program and its threads. */
const PROGRAM = {
  main: 'src/command/main.ts',
  ...Object.fromEntries(WORKERS.map((file) => [basename(file, '.ts'), file])),
};
/** What others import. */
const LIBRARY = { index: 'src/index.ts' };

/** Of these the machine code for the machine's kind is installed by npm. */
const NATIVE = ['@napi-rs/lzma', 'snappy'];

/**
 * What of the program is read together stands in one file: to find and open one takes longer than to
 * read it. A module goes, with all that it imports, to the first of these pieces that takes it; what
 * is of use to commands that ask no registry comes before what does.
 */
const PIECES: CodeSplittingGroup[] = [
  { name: 'program', test: /src\/command\/program\.ts$/ },
  { name: 'options', test: /src\/command\/options\/project\.ts$/ },
  { name: 'zod', test: /node_modules\/zod\//, entriesAware: true },
  { name: 'system', test: /src\/system\//, minShareCount: 40 },
  { name: 'registry', test: /src\/oci\/open\/open\.ts$/ },
  {
    name: 'signatures',
    test: /src\/(trust\/(verify\/verify-image|bundle\/signing)|command\/options\/open-image)\.ts$/,
  },
];

const PROCESS = 'node:child_process';

if (import.meta.main) await bundle(process.argv[2] ?? join(ROOT, 'dist'));

/**
 * Writes the package's code flat into a folder. The program is CommonJS, which Node loads in less
 * time than modules; the library is made of modules, as those are who import it.
 */
export async function bundle(folder: string): Promise<void> {
  const terms = licences();
  await write(folder, PROGRAM, { format: 'cjs', extension: 'cjs', terms, pieces: PIECES });
  await bundleLibrary(folder, LIBRARY, terms);
}

/** Writes what others import, by the names that it gets. */
export function bundleLibrary(
  folder: string,
  entries: Record<string, string>,
  terms: Plugin = licences(),
): Promise<void> {
  return write(folder, entries, { format: 'esm', extension: 'js', terms, pieces: [] });
}

interface Kind {
  format: 'cjs' | 'esm';
  extension: string;
  terms: Plugin;
  pieces: CodeSplittingGroup[];
}

async function write(
  dir: string,
  input: Record<string, string>,
  { format, extension, terms, pieces }: Kind,
): Promise<void> {
  const build = await rolldown({
    cwd: ROOT,
    input,
    platform: 'node',
    external: (id, importer) => isOutside(id) && !isLateProcess(id, importer),
    plugins: [lateProcess(), terms],
  });
  await build.write({
    dir,
    format,
    entryFileNames: `[name].${extension}`,
    // Pieces that were divided are named by all that read them.
    chunkFileNames: ({ name }) => `${name.replace(/~.*/, '')}-[hash].${extension}`,
    codeSplitting: { groups: pieces },
  });
  await build.close();
}

function isOutside(id: string): boolean {
  return id.startsWith('node:') || NATIVE.includes(id);
}

function isLateProcess(id: string, importer: string | undefined): boolean {
  return id === PROCESS && importer?.includes(`${sep}commander${sep}`) === true;
}

/**
 * Lets commander load what starts programs when it starts one, which it does for no command of ours:
 * a twentieth of the time of a short command.
 */
function lateProcess(): Plugin {
  const id = `\0late:${PROCESS}`;
  const code = `export default { get spawn() { return process.getBuiltinModule('${PROCESS}').spawn; } };`;
  return {
    name: 'late-process',
    resolveId: (source, importer) => (isLateProcess(source, importer) ? id : undefined),
    load: (asked) => (asked === id ? code : undefined),
  };
}

/** `LICENSES.txt`: the terms of every package of which something was taken. */
function licences(): Plugin {
  const folders = new Set<string>();
  return {
    name: 'licences',
    generateBundle(_, output) {
      const chunks = Object.values(output).filter((part): part is OutputChunk => 'modules' in part);
      for (const { moduleIds } of chunks)
        for (const folder of moduleIds.flatMap(packageFolder)) folders.add(folder);
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
