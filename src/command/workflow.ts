import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { loadGroup, type Part } from './parts.ts';

const EXAMPLES = `
The files of a CI service are made from lockstep.yaml (its key ci) and have no logic of their own:
each script in them is one command of lockstep. docs/workflow.md describes them.

Examples:
  $ lockstep workflow generate
  $ lockstep workflow check
  $ lockstep workflow run --wait
  $ lockstep workflow status`;

const PARTS: readonly Part[] = [
  {
    name: 'generate',
    summary: 'write the files of the CI service that the configuration names',
    load: async () => (await import('./workflow/generate.ts')).generate,
  },
  {
    name: 'check',
    summary: 'tell what is wrong in the workflows of the repository',
    load: async () => (await import('./workflow/check.ts')).check,
  },
  {
    name: 'run',
    summary: 'start a run of a workflow, on the server or here',
    load: async () => (await import('./workflow/run.ts')).run,
  },
  {
    name: 'status',
    summary: 'tell how the newest runs went, and why they failed',
    load: async () => (await import('./workflow/status.ts')).status,
  },
  {
    name: 'cancel',
    summary: 'cancel a run',
    load: async () => (await import('./workflow/cancel.ts')).cancel,
  },
  {
    name: 'enable',
    summary: 'switch workflows on again',
    load: async () => (await import('./workflow/enable.ts')).enable,
  },
  {
    name: 'setup',
    summary: 'show the settings of the repository, and mend them with --yes',
    load: async () => (await import('./workflow/setup.ts')).setup,
  },
  {
    name: 'prepare',
    summary: 'make a machine ready for the jobs of CI',
    load: async () => (await import('./workflow/prepare.ts')).prepare,
  },
  {
    name: 'login',
    summary: 'write the registry logins of a job',
    load: async () => (await import('./workflow/login.ts')).login,
  },
  {
    name: 'changes',
    summary: 'tell whether anything but docs has changed',
    load: async () => (await import('./workflow/changes.ts')).changes,
  },
];

/** The command, as `loadGroup` takes `called`. */
export function load(called?: string): Promise<CommandUnknownOpts> {
  return loadGroup(
    {
      name: 'workflow',
      summary: 'make and check the files of your CI, start and watch its runs',
      description:
        'Makes the files of a CI service from the configuration, checks them, and starts and watches runs.',
      epilogue: EXAMPLES,
      parts: PARTS,
    },
    called,
  );
}
