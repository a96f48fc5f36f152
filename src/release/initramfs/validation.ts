import type { Finding } from '../../system/finding.ts';
import { modulesFolder } from './modules.ts';
import { followed, placeIn, type RootFiles } from './root-files.ts';

interface Wanted {
  program: 'lockstep' | 'rfs';
  release: string;
  /** Modules that must be inside, below the folder of modules. */
  modules: readonly string[];
  hasFlists: boolean;
}

interface Need {
  rule: string;
  /** Any of them will do. */
  paths: readonly string[];
  what: string;
  hint: string;
}

const ANY_NEEDS: readonly Need[] = [
  {
    rule: 'init-missing',
    paths: ['init'],
    what: 'the first program',
    hint: 'put it into the overlay, as init',
  },
  {
    rule: 'shell-missing',
    paths: ['bin/sh'],
    what: 'the shell of the scripts that mount',
    hint: 'add the package busybox-static or dash',
  },
  {
    rule: 'modprobe-missing',
    paths: ['sbin/modprobe'],
    what: 'what the kernel calls for modules',
    hint: 'add the package kmod',
  },
];

const PROGRAM_NEEDS: Record<Wanted['program'], readonly Need[]> = {
  lockstep: [program('lockstep', 'nothing may remove it')],
  rfs: ['rfs', 'fusermount', 'mountpoint'].map((name) =>
    program(name, name === 'rfs' ? 'put it into the overlay' : 'rfs calls it: add its package'),
  ),
};

function program(name: string, hint: string): Need {
  const paths = ['usr/bin', 'usr/sbin', 'usr/local/bin'].map((folder) => `${folder}/${name}`);
  return { rule: 'program-missing', paths, what: `the program ${name}`, hint };
}

/** What would keep a machine from booting from flists. */
export function validateRoot(root: RootFiles, wanted: Wanted): Finding[] {
  const folder = modulesFolder(wanted.release);
  const modules = [...wanted.modules, 'modules.dep.bin'].map((path) => ({
    rule: 'module-missing',
    paths: [`${folder}/${path}`],
    what: `the module ${path}`,
    hint: 'a pattern under remove took it',
  }));
  const needs = [...ANY_NEEDS, ...PROGRAM_NEEDS[wanted.program], ...modules];
  const missing = needs.filter(({ paths }) => !paths.some((path) => isThere(root, path)));
  return [
    ...missing.map(
      ({ rule, paths, what, hint }): Finding => ({
        rule,
        severity: 'error',
        message: `${what} is not inside: ${paths[0]}`,
        hint,
      }),
    ),
    ...(wanted.hasFlists ? [] : [NO_FLISTS]),
  ];
}

const NO_FLISTS: Finding = {
  rule: 'manifest-missing',
  severity: 'warning',
  message: 'no manifest is inside: the machine has only the modules of the initramfs',
  hint: 'say under flists where modules and firmware go',
};

/** True for a path with something at the end of all its links. */
function isThere(root: RootFiles, path: string): boolean {
  return root.has(followed(root, placeIn(root, path)));
}
