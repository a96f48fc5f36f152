import type { Config } from '../config/schema.ts';
import type { PlacedFinding } from './check/finding.ts';
import { driftOf } from './drift.ts';
import { planProject, readFiles } from './files.ts';
import { WORKFLOW_FILES } from './project/workflow-files.ts';

/** What is wrong with the CI files of a repository: drift first, then what the rules find. */
export async function checkRepository(
  folder: string,
  config: Config,
  version: string,
): Promise<{ files: number; findings: PlacedFinding[] }> {
  const steps = planProject(folder, config, { version, extras: [] });
  const drift = driftOf(steps);
  const isMade = steps.some(({ action }) => action === 'keep');
  const isLocked = isMade && config.ci.program === 'npm';
  const program = isLocked ? await checkLock(folder, config, version) : [];
  const workflows = readFiles(folder, WORKFLOW_FILES);
  // Nothing is found in files as they are made: rules.test.ts holds that.
  const asMade = new Set(steps.filter(({ action }) => action === 'keep').map(({ path }) => path));
  const others = [...workflows].filter(([path]) => !asMade.has(path));
  const found = others.length > 0 ? await checkWorkflows(others) : [];
  return { files: workflows.size, findings: [...drift, ...program, ...found] };
}

async function checkLock(
  folder: string,
  config: Config,
  version: string,
): Promise<PlacedFinding[]> {
  const { checkProgramLock, programLockPath } = await import('./program-lock.ts');
  const lock = readFiles(folder, [programLockPath(config)]);
  return checkProgramLock(config, [...lock.values()][0], version);
}

/** The reader of workflows is large, and of no use where all are as they are made. */
async function checkWorkflows(files: readonly [string, string][]): Promise<PlacedFinding[]> {
  const [{ checkWorkflow }, { WorkflowFile }] = await Promise.all([
    import('./check/rules.ts'),
    import('./check/workflow-file.ts'),
  ]);
  return files.flatMap(([path, text]) => checkWorkflow(new WorkflowFile(path, text)));
}
