import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { loadGroup, type Part } from './parts.ts';

const EXAMPLES = `
Butane and Ignition for the first boot of Fedora CoreOS and its kin. No other program is needed.

Examples:
  $ lockstep ignition build butane.yaml -o nas.ign
  $ lockstep ignition build --strict --check
  $ lockstep ignition show nas.ign`;

const PARTS: readonly Part[] = [
  {
    name: 'build',
    summary: 'translate Butane to Ignition',
    load: async () => (await import('./ignition/build.ts')).build,
  },
  {
    name: 'validate',
    summary: 'judge an Ignition document as Ignition does',
    load: async () => (await import('./ignition/validate.ts')).validate,
  },
  {
    name: 'merge',
    summary: 'merge documents as Ignition does',
    load: async () => (await import('./ignition/merge.ts')).merge,
  },
  {
    name: 'migrate',
    summary: 'move a document to the newest version',
    load: async () => (await import('./ignition/migrate.ts')).migrate,
  },
  {
    name: 'decompile',
    summary: 'write readable Butane for an Ignition document',
    load: async () => (await import('./ignition/decompile.ts')).decompile,
  },
  {
    name: 'diff',
    summary: 'tell what a machine would get differently',
    load: async () => (await import('./ignition/diff.ts')).diff,
  },
  {
    name: 'show',
    summary: 'tell what a document does to a machine',
    load: async () => (await import('./ignition/show.ts')).show,
  },
  {
    name: 'serve',
    summary: 'serve the document, and tell how to install from it',
    load: async () => (await import('./ignition/serve.ts')).serve,
  },
  {
    name: 'pointer',
    summary: 'print a small document that names a large one',
    load: async () => (await import('./ignition/pointer.ts')).pointer,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a version',
    load: async () => (await import('./ignition/schema.ts')).schema,
  },
];

/** The command, as `loadGroup` takes `called`. */
export function load(called?: string): Promise<CommandUnknownOpts> {
  return loadGroup(
    {
      name: 'ignition',
      summary: 'make and check the first boot: Butane to Ignition',
      description: 'Makes and checks the documents of a first boot.',
      epilogue: EXAMPLES,
      parts: PARTS,
    },
    called,
  );
}
