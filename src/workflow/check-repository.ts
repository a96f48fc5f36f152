import type { Config } from '../config/schema.ts';
import type { PlacedFinding } from './check/finding.ts';
import { checkWorkflow } from './check/rules.ts';
import { WorkflowFile } from './check/workflow-file.ts';
import { driftOf } from './drift.ts';
import { planProject, readFiles } from './files.ts';
import { checkProgramLock, programLockPath } from './program-lock.ts';

/** Every workflow and every action of a repository, whoever wrote it. */
const WORKFLOWS = [
  '.{github,forgejo,gitea}/workflows/*.{yml,yaml}',
  '.{github,forgejo,gitea}/actions/**/action.{yml,yaml}',
  'action.{yml,yaml}',
];

/** What is wrong with the CI files of a repository: drift first, then what the rules find. */
export async function checkRepository(
  folder: string,
  config: Config,
  version: string,
): Promise<{ files: number; findings: PlacedFinding[] }> {
  const steps = await planProject(folder, config, { version, extras: [] });
  const drift = driftOf(steps);
  const isMade = steps.some(({ action }) => action === 'keep');
  const lock = isMade ? await readFiles(folder, [programLockPath(config)]) : undefined;
  const program = lock ? checkProgramLock(config, [...lock.values()][0], version) : [];
  const workflows = await readFiles(folder, WORKFLOWS);
  const found = [...workflows].flatMap(([path, text]) =>
    checkWorkflow(new WorkflowFile(path, text)),
  );
  return { files: workflows.size, findings: [...drift, ...program, ...found] };
}
