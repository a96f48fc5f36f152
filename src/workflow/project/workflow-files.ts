import { engines } from '../../config/ci/engines.ts';

/** Folders in which services look for workflows; Forgejo reads those of its forefathers too. */
const HUB_FOLDERS = ['.github', '.forgejo', '.gitea'];

/** Patterns of every workflow and every action of a repository, whoever wrote it. */
export const WORKFLOW_FILES = [
  ...HUB_FOLDERS.map((folder) => `${folder}/workflows/*.{yml,yaml}`),
  ...HUB_FOLDERS.map((folder) => `${folder}/actions/**/action.{yml,yaml}`),
  'action.{yml,yaml}',
];

/** Where the exact version of lockstep stands that jobs install. */
export const PROGRAM_FILES = engines.map((engine) => `.${engine}/lockstep/package.json`);
