import { readIfThere } from '../file/tree.ts';
import type { ImageTree } from '../oci/tree/tree.ts';
import type { IgnitionDocument } from './build.ts';
import { bytesOfResource } from './contents.ts';
import { findingOf, type IgnitionFinding } from './finding.ts';
import type { IgnitionConfig, Storage } from './spec/config.ts';

const UNIT_FOLDERS = [
  'etc/systemd/system',
  'run/systemd/system',
  'usr/lib/systemd/system',
  'lib/systemd/system',
];
const MODULES = 'usr/lib/modules';
const LOADED = /^\/(?:etc|usr\/lib|run)\/modules-load\.d\/[^/]+\.conf$/;

/** Paths whose contents are read: what to keep while an image is looked into. */
export function isReadAgainst(path: string): boolean {
  return /^(?:etc|usr\/lib)\/(?:group|passwd)$|^usr\/lib\/modules\/[^/]+\/modules\.builtin$/.test(
    path,
  );
}

/**
 * Holds a document against the image that it will run on: units that it enables, shells and groups
 * of its users, modules that it loads must be in the image or in the document; below /usr of an
 * image that is read-only nothing can be written.
 */
export async function againstImage(
  { value }: IgnitionDocument,
  { tree, file }: { tree: ImageTree; file: string },
): Promise<IgnitionFinding[]> {
  const config = value as IgnitionConfig;
  const found: IgnitionFinding[] = [];
  const say = (path: string, message: string) =>
    found.push({ ...findingOf('error', `${message} (${tree.name})`, file), path });
  checkUnits(config, tree, say);
  await checkUsers(config, tree, say);
  await checkModules(config.storage ?? {}, tree, say);
  if (isReadOnly(tree)) checkUsr(config.storage ?? {}, say);
  return found;
}

type Say = (path: string, message: string) => void;

function checkUnits({ systemd, storage }: IgnitionConfig, tree: ImageTree, say: Say): void {
  const units = systemd?.units ?? [];
  const written = new Set(units.filter(({ contents }) => contents).map(({ name }) => name));
  const placed = pathsOf(storage);
  for (const [at, { name = '', enabled, contents }] of units.entries()) {
    if (!enabled || contents) continue;
    const template = name.replace(/@[^@]*(\.[^.]*)$/, '@$1');
    const there = [name, template].some(
      (one) =>
        written.has(one) ||
        UNIT_FOLDERS.some(
          (folder) => placed.has(`/${folder}/${one}`) || tree.entry(`${folder}/${one}`),
        ),
    );
    if (!there)
      say(`$.systemd.units.${at}.name`, `${name} is enabled, and in neither document nor image`);
  }
}

function pathsOf({ files = [], links = [], directories = [] }: Storage = {}): Set<string> {
  return new Set([...files, ...links, ...directories].map(({ path = '' }) => path));
}

async function checkUsers(
  { passwd, storage }: IgnitionConfig,
  tree: ImageTree,
  say: Say,
): Promise<void> {
  const users = passwd?.users ?? [];
  if (users.length === 0) return;
  const groups = new Set((passwd?.groups ?? []).map(({ name = '' }) => name));
  for (const path of ['etc/group', 'usr/lib/group'])
    for (const name of await namesIn(tree, path)) groups.add(name);
  // Every user that is made gets a group of its own name.
  for (const { name = '' } of users) groups.add(name);
  const placed = pathsOf(storage);
  for (const [at, user] of users.entries()) {
    const { shell, primaryGroup } = user;
    if (shell && !placed.has(shell) && tree.entry(shell, true)?.type !== 'file')
      say(`$.passwd.users.${at}.shell`, `the shell ${shell} is in neither document nor image`);
    for (const group of [...(user.groups ?? []), ...(primaryGroup ? [primaryGroup] : [])])
      if (!groups.has(group))
        say(`$.passwd.users.${at}.groups`, `the group ${group} is in neither document nor image`);
  }
}

async function namesIn(tree: ImageTree, path: string): Promise<string[]> {
  const content = await readIfThere(tree, path);
  const lines = content ? Buffer.from(content).toString('utf8').split('\n') : [];
  return lines.map((line) => line.split(':')[0] ?? '').filter(Boolean);
}

async function checkModules({ files = [] }: Storage, tree: ImageTree, say: Say): Promise<void> {
  const loading = files
    .map((file, at) => ({ file, at }))
    .filter(({ file }) => LOADED.test(file.path ?? ''));
  if (loading.length === 0) return;
  const known = await modulesOf(tree);
  for (const { file, at } of loading) {
    const text = bytesOfResource(file.contents ?? {})?.toString('utf8') ?? '';
    const names = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line && !/^[#;]/.test(line));
    for (const name of names) {
      const missing = [...known].filter(([, modules]) => !modules.has(plainName(name)));
      for (const [kernel] of missing)
        say(`$.storage.files.${at}.contents`, `there is no module ${name} for Linux ${kernel}`);
      if (known.size === 0) say(`$.storage.files.${at}.contents`, 'the image has no kernel');
    }
  }
}

/** The names of the modules of every kernel, those that are built in too. */
async function modulesOf(tree: ImageTree): Promise<Map<string, Set<string>>> {
  const kernels = new Map<string, Set<string>>();
  for await (const { path, type } of tree.list(MODULES)) {
    const [kernel = '', ...rest] = path.slice(MODULES.length + 1).split('/');
    const names = kernels.get(kernel) ?? new Set();
    const name = moduleName(rest.at(-1) ?? '');
    if (type !== 'directory' && name) names.add(name);
    if (rest.length > 0) kernels.set(kernel, names);
  }
  for (const [kernel, names] of kernels) {
    const builtIn = await readIfThere(tree, `${MODULES}/${kernel}/modules.builtin`);
    for (const line of Buffer.from(builtIn ?? [])
      .toString('utf8')
      .split('\n')) {
      const name = moduleName(line.split('/').at(-1) ?? '');
      if (name) names.add(name);
    }
  }
  return kernels;
}

function moduleName(file: string): string | undefined {
  const name = /^(.+)\.ko(?:\.(?:xz|zst|gz))?$/.exec(file)?.[1];
  return name && plainName(name);
}

function plainName(name: string): string {
  return name.replaceAll('-', '_');
}

/** Images of OSTree and bootc mount /usr read-only. */
function isReadOnly(tree: ImageTree): boolean {
  return ['sysroot/ostree', 'ostree', 'usr/lib/ostree', 'usr/lib/bootc'].some((path) =>
    tree.entry(path),
  );
}

function checkUsr(storage: Storage, say: Say): void {
  for (const list of ['directories', 'files', 'links'] as const) {
    for (const [at, { path = '' }] of (storage[list] ?? []).entries())
      if (/^\/usr(?:\/|$)/.test(path))
        say(`$.storage.${list}.${at}.path`, `${path} cannot be written: /usr is read-only`);
  }
}
