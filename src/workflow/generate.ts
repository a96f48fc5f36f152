import type { Data } from './document/data.ts';
import { sealed, UNSEALED } from './document/seal.ts';
import { yamlText } from './document/yaml.ts';
import { EXTRA_FILES, extraText } from './extras/files.ts';
import { gitlabPipeline } from './gitlab/pipeline.ts';
import { hubFiles } from './hub/files.ts';
import { programFolder } from './hub/steps.ts';
import { checkProject, type Project } from './project/project.ts';
import { PROGRAM_FILES } from './project/workflow-files.ts';

/** A file that is made, by its path in the project. */
export interface MadeFile {
  path: string;
  text: string;
}

const HUB_WORKFLOWS = ['build', 'build-branch', 'build-pr', 'cleanup-images', 'pages'];

/** Paths of all files that lockstep may have made in a project, whatever its configuration says now. */
export const MAY_BE_MADE = [
  ...['github', 'forgejo'].flatMap((engine) =>
    HUB_WORKFLOWS.map((name) => `.${engine}/workflows/${name}.yml`),
  ),
  ...PROGRAM_FILES,
  '.gitlab-ci.yml',
  ...Object.values(EXTRA_FILES),
];

const REMARK = `# ${UNSEALED}\n# Edit lockstep.yaml and make it anew: lockstep workflow generate\n`;

/**
 * The files of the engine that a project's configuration names. Nothing is looked up and nothing is
 * written; the same project gives the same bytes. Throws `config` for what jobs cannot do.
 */
export function generateFiles(project: Project): MadeFile[] {
  checkProject(project);
  const workflows = Object.entries(engineFiles(project)).map(([path, data]) =>
    yamlFile(path, data),
  );
  const extras = project.extras.map((extra) => ({
    path: EXTRA_FILES[extra],
    text: extraText(extra, project),
  }));
  return [...workflows, ...programFiles(project), ...extras];
}

function engineFiles(project: Project): Record<string, Data> {
  const { engine } = project.config.ci;
  return engine === 'gitlab' ? { '.gitlab-ci.yml': gitlabPipeline(project) } : hubFiles(project);
}

function yamlFile(path: string, data: Data): MadeFile {
  return { path, text: sealed(REMARK + yamlText(data)) };
}

/** The exact version of lockstep; npm writes the digests of all of it into the lock file beside it. */
function programFiles(project: Project): MadeFile[] {
  if (project.config.ci.program !== 'npm') return [];
  const manifest = { '//': UNSEALED, private: true, dependencies: { lockstep: project.version } };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  return [{ path: `${programFolder(project)}/package.json`, text: sealed(text) }];
}
