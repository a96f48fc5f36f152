import type { Stream } from '../../config/schema.ts';
import { program } from '../hub/steps.ts';
import type { Project } from '../project/project.ts';

/** A recipe: its name and parameters, what it is for, and the one command that it is. */
interface Recipe {
  name: string;
  says: string;
  /** Arguments of lockstep. */
  args: string;
}

/** What people type, as recipes of just; each is one command of lockstep. */
export function justfile(project: Project): string {
  const recipes = recipesOf(project).map(
    ({ name, says, args }) => `# ${says}\n${name}:\n    ${program(project)} ${args}\n`,
  );
  return recipes.join('\n');
}

function recipesOf({ config }: Project): Recipe[] {
  const [first, ...others] = config.streams;
  const [parameter, option] =
    others.length > 0 ? [` STREAM='${first?.name}'`, ' --stream {{quote(STREAM)}}'] : ['', ''];
  const get = (value: string) => `versions --get ${value}${option}`;
  const zfs = first?.modules[0]?.name ?? 'zfs';
  const recipes: Recipe[] = [
    { name: 'versions', says: 'What upstream has, and what fits.', args: 'versions' },
    {
      name: `zfs-version${parameter}`,
      says: 'The version of the modules.',
      args: get(`module.${zfs}`),
    },
    { name: `kernel-version${parameter}`, says: 'The kernel of the base.', args: get('kernel') },
    {
      name: `kernel-major-minor${parameter}`,
      says: 'Its first two numbers.',
      args: get('kernel-major-minor'),
    },
    {
      name: `fedora-version${parameter}`,
      says: 'The version of the system.',
      args: get('os-version'),
    },
    { name: 'check-compatibility', says: 'Whether the kernel suits the modules.', args: 'check' },
    { name: 'build', says: 'Build and prove, up to the candidate.', args: 'run --no-promote' },
    {
      name: 'build-force',
      says: 'The same, also what is there already.',
      args: 'run --no-promote --force',
    },
    {
      name: 'test-build',
      says: 'Build and prove, and publish nothing.',
      args: 'run --channel pull-request',
    },
    ...rpmsRecipes(config.streams),
    { name: 'run-workflow *ARGS', says: 'Start a run in CI.', args: 'workflow run {{ARGS}}' },
    { name: 'workflow-status', says: 'What the last runs in CI came to.', args: 'workflow status' },
    {
      name: "cleanup-dry-run DAYS='90' KEEP='3'",
      says: 'What cleanup would remove.',
      args: 'cleanup --keep-days {{quote(DAYS)}} --keep-newest {{quote(KEEP)}}',
    },
  ];
  return [...recipes, ...ignitionRecipes(config.ci.ignition)];
}

/** Of streams whose modules are RPM packages; without a tag it is what stable holds. */
function rpmsRecipes(all: readonly Stream[]): Recipe[] {
  const [first] = all.filter(({ base }) => base.debian == null);
  if (!first) return [];
  const [parameter, option] =
    all.length > 1 ? [` STREAM='${first.name}'`, ' --of {{quote(STREAM)}}'] : ['', ''];
  return [
    {
      name: `list-rpms TAG=''${parameter}`,
      says: 'The packages in an image of modules (default: what stable holds).',
      args: `rpms list :{{quote(TAG)}}${option}`,
    },
    {
      name: `extract-rpms TAG=''${parameter}`,
      says: 'Fetch them into rpms/.',
      args: `rpms extract :{{quote(TAG)}} -o rpms${option}`,
    },
  ];
}

function ignitionRecipes(file: string | undefined): Recipe[] {
  if (file == null) return [];
  // A pair of braces would begin a value of just.
  const name = `'${file.replaceAll("'", "'\\''").replaceAll('{{', '{{{{')}'`;
  return [
    { name: 'butane', says: 'Check the first boot.', args: `ignition build --check ${name}` },
    {
      name: 'generate-ignition',
      says: 'Write the first boot to config.ign.',
      args: `ignition build --pretty ${name} -o config.ign`,
    },
  ];
}
