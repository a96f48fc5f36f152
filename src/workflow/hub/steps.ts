import { type ActionName, actions } from '../actions/actions.ts';
import { type Data, noted } from '../document/data.ts';
import { LOGIN_SECRET } from '../machine/login-secret.ts';
import { loginOf, type Project } from '../project/project.ts';

/** A step of a job. */
export type Step = Readonly<Record<string, Data>>;

/** Values that a step gets through its environment: expressions never stand in scripts. */
export type Environment = Readonly<Record<string, string>>;

/** Name of the folder, and of the artifact, that jobs hand the plan on with. */
export const PLAN = 'plan';
const PLAN_ARTIFACT = `build-inputs-${expression('github.run_id')}`;

/** The version of Node that jobs run lockstep on. */
const NODE = '24';

/** Where logins are written to; the folder is ignored by git and in no artifact. */
const AUTH_FILE = `${expression('github.workspace')}/.lockstep/registry-auth.json`;

/** Text in an expression. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The branch whose runs move what hosts follow, as `github.ref` names it, in an expression. */
export function mainRef({ config }: Pick<Project, 'config'>): string {
  return literal(`refs/heads/${config.ci.branch}`);
}

/** An expression as engines of GitHub's kind evaluate it. */
export function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** A step that uses an action at its commit: the one that stands in the project's files already, or ours. */
export function uses(project: Project, name: ActionName, rest: Step = {}): Step {
  const ours = actions[name];
  const { action, commit, version } = project.pins.get(ours.action) ?? ours;
  return { uses: noted(`${action}@${commit}`, version), ...rest };
}

/** Folder with the package.json that names the version of lockstep. */
export function programFolder({ config }: Pick<Project, 'config'>): string {
  return `.${config.ci.engine}/lockstep`;
}

/** What stands before the arguments of every call. */
export function program(project: Pick<Project, 'config'>): string {
  const { program } = project.config.ci;
  return program === 'npm' ? `${programFolder(project)}/node_modules/.bin/lockstep` : program;
}

/** A step that calls lockstep once. */
export function call(
  project: Project,
  args: string,
  rest: Step & { env?: Environment } = {},
): Step {
  const { name = args.replace(/ -.*/, ''), id, if: condition, env, ...others } = rest;
  const given = env && Object.keys(env).length > 0 ? { env } : {};
  return { name, id, if: condition, ...others, ...given, run: `${program(project)} ${args}` };
}

/** Checks out the project, without leaving credentials behind, and installs lockstep. */
export function begin(project: Project, checkout: Step = {}): Step[] {
  const out = uses(project, 'checkout', { with: { 'persist-credentials': false, ...checkout } });
  return [out, ...install(project)];
}

/** Installs lockstep where runners do not have it. */
export function install(project: Project): Step[] {
  if (project.config.ci.program !== 'npm') return [];
  const node = { 'node-version': NODE, 'package-manager-cache': false };
  const ci = `npm ci --prefix ${programFolder(project)} --ignore-scripts --no-audit --no-fund`;
  return [uses(project, 'node', { with: node }), { name: 'install lockstep', run: ci }];
}

/** The environment in which lockstep finds the login of the job. */
export function loggedIn(project: Project): Environment {
  const token = { GITHUB_TOKEN: expression('github.token') };
  return loginOf(project) === 'file' ? { ...token, REGISTRY_AUTH_FILE: AUTH_FILE } : token;
}

/** Writes the login of a registry that does not take the token of the job. */
export function logIn(project: Project): Step[] {
  if (loginOf(project) !== 'file') return [];
  const env = { [LOGIN_SECRET]: secret(LOGIN_SECRET), REGISTRY_AUTH_FILE: AUTH_FILE };
  return [call(project, 'workflow login', { env })];
}

/** Makes room, opens /dev/kvm and installs Debian's packages, as far as each is needed. */
export function prepare(project: Project): Step {
  return call(project, 'workflow prepare', { name: 'prepare the machine' });
}

/** Keeps the plan for the jobs after this one, and for people, whatever it came to. */
export function keepPlan(project: Project): Step {
  const name = project.config.ci.engine === 'forgejo' ? 'forgejoUpload' : 'upload';
  const artifact = {
    name: PLAN_ARTIFACT,
    path: PLAN,
    'if-no-files-found': 'ignore',
    overwrite: true,
  };
  return uses(project, name, { if: expression('!cancelled()'), with: artifact });
}

/** Fetches the plan of this run. */
export function fetchPlan(project: Project, rest: Step = {}): Step {
  const name = project.config.ci.engine === 'forgejo' ? 'forgejoDownload' : 'download';
  return uses(project, name, { ...rest, with: { name: PLAN_ARTIFACT, path: PLAN } });
}

/** The value of a secret of the repository or the environment. */
export function secret(name: string): string {
  return expression(`secrets.${name}`);
}

/** Secrets under the names that the configuration gives them (`env:NAME`). */
export function secrets(names: readonly string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, secret(name)]));
}
