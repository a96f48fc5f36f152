import { type Data, noted } from '../document/data.ts';
import { sealed, UNSEALED } from '../document/seal.ts';
import { yamlText } from '../document/yaml.ts';
import { programFolder } from '../hub/steps.ts';
import type { Extra } from '../project/extra.ts';
import type { Project } from '../project/project.ts';
import { justfile } from './just.ts';

/** Where each extra is written. */
export const EXTRA_FILES: Record<Extra, string> = {
  just: 'Justfile',
  renovate: 'renovate.json',
  dependabot: '.github/dependabot.yml',
  devcontainer: '.devcontainer/devcontainer.json',
};

/** The text of an extra. */
export function extraText(extra: Extra, project: Project): string {
  if (extra === 'just') return sealed(`# ${UNSEALED}\n\n${justfile(project)}`);
  if (extra === 'dependabot') return sealed(`# ${UNSEALED}\n${yamlText(dependabot(project))}`);
  const data = extra === 'renovate' ? RENOVATE : devcontainer(project);
  return sealed(
    `${JSON.stringify({ [extra === 'renovate' ? 'description' : '//']: UNSEALED, ...data }, null, 2)}\n`,
  );
}

/** Pins of actions, and images in lockstep.yaml that are pinned by digest. */
const RENOVATE = {
  $schema: 'https://docs.renovatebot.com/renovate-schema.json',
  extends: ['config:recommended', 'helpers:pinGitHubActionDigests'],
  minimumReleaseAge: '7 days',
  customManagers: [
    {
      customType: 'regex',
      managerFilePatterns: ['/^lockstep\\.yaml$/'],
      matchStrings: [
        'image: ["\']?(?<depName>[^\\s"\'@]+):(?<currentValue>[\\w.-]+)@(?<currentDigest>sha256:[a-f0-9]{64})',
      ],
      datasourceTemplate: 'docker',
    },
  ],
};

function dependabot(project: Project): Data {
  const weekly = { interval: 'weekly' };
  const cooldown = { 'default-days': 7 };
  const actions = {
    'package-ecosystem': 'github-actions',
    directory: '/',
    schedule: weekly,
    cooldown,
  };
  const npm = {
    'package-ecosystem': 'npm',
    directory: `/${programFolder(project)}`,
    schedule: weekly,
    cooldown,
  };
  const updates = project.config.ci.program === 'npm' ? [actions, npm] : [actions];
  return {
    version: 2,
    updates: noted(updates, 'a week after a release, when faults have been seen'),
  };
}

function devcontainer(project: Project): object {
  const isNpm = project.config.ci.program === 'npm';
  const install = `npm ci --prefix ${programFolder(project)} --ignore-scripts`;
  return {
    image: 'mcr.microsoft.com/devcontainers/base:bookworm',
    features: { 'ghcr.io/devcontainers/features/node:1': { version: '24' } },
    ...(isNpm && {
      postCreateCommand: install,
      remoteEnv: {
        PATH: `\${containerEnv:PATH}:\${containerWorkspaceFolder}/${programFolder(project)}/node_modules/.bin`,
      },
    }),
    customizations: { vscode: { extensions: ['redhat.vscode-yaml'] } },
  };
}
