import type { Data } from '../document/data.ts';
import { hasPages, type Project } from '../project/project.ts';
import { branchWorkflow } from './branch.ts';
import { buildWorkflow } from './build.ts';
import { cleanupWorkflow } from './cleanup.ts';
import { pagesWorkflow } from './pages.ts';
import { pullRequestWorkflow } from './pull-request.ts';

/** The workflows of an engine that speaks GitHub's language, by their paths. */
export function hubFiles(project: Project): Record<string, Data> {
  const folder = `.${project.config.ci.engine}/workflows`;
  return {
    [`${folder}/build.yml`]: buildWorkflow(project),
    [`${folder}/build-branch.yml`]: branchWorkflow(project),
    [`${folder}/build-pr.yml`]: pullRequestWorkflow(project),
    [`${folder}/cleanup-images.yml`]: cleanupWorkflow(project),
    ...(hasPages(project) ? { [`${folder}/pages.yml`]: pagesWorkflow(project) } : {}),
  };
}
