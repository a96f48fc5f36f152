import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CONFIG_FILE } from '../../../config/file.ts';
import { loadConfig } from '../../../config/load.ts';
import { namesOf } from '../../../config/published-names.ts';
import type { Stream } from '../../../config/schema.ts';
import { LockstepError } from '../../../system/error.ts';
import { hostFiles } from '../../../trust/hosts/host-files.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { readPublicKeys } from './keys.ts';
import { requireScope } from './scope.ts';
import { readSmallFile } from './small-file.ts';

interface PolicyOptions extends ProjectOptions {
  output: string;
  key?: string[];
  scope?: string[];
  base?: string;
  enforce?: true;
  name?: string;
}

export async function policy(options: PolicyOptions): Promise<void> {
  const context = contextOf(options);
  const { base, output } = options;
  const { name, scopes, enforce, keys } = await whatIsSigned(context, options);
  const files = hostFiles({
    name,
    scopes,
    keys: await readPublicKeys(keys, context),
    enforce,
    ...(base != null && { base: { bytes: await baseBytes(context, base), file: base } }),
  });
  for (const { path, text } of files) {
    const place = join(resolve(context.cwd, output), path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, text);
  }
  const paths = files.map(({ path }) => path);
  if (options.json) printJson(context, { output, files: paths, scopes });
  else for (const path of paths) context.stdout.write(`${path}\n`);
}

async function baseBytes({ cwd }: Context, file: string): Promise<Buffer> {
  return Buffer.from(await readSmallFile(resolve(cwd, file), file));
}

interface Signed {
  name: string;
  scopes: string[];
  /** Places of public keys. */
  keys: string[];
  enforce: boolean;
}

/** What the options name, and where they do not what the configuration does. */
async function whatIsSigned({ cwd }: Context, options: PolicyOptions): Promise<Signed> {
  const { scope, name, key, enforce } = options;
  const config = options.config ?? CONFIG_FILE;
  const isTold = scope && name && (key || !existsSync(resolve(cwd, config)));
  const { streams } = isTold ? { streams: [] } : await loadConfig(cwd, config);
  const trusts = streams.map(({ trust }) => trust);
  const images = streams.flatMap((stream) => pulledNames(stream));
  return {
    name: requireFileName(name ?? streams[0]?.name ?? ''),
    scopes: scope ? requirePulled(scope).map(requireScope) : requirePulled([...new Set(images)]),
    keys: key ?? [...new Set(trusts.flatMap((trust) => [trust?.public ?? []].flat()))],
    enforce: enforce ?? trusts.some((trust) => trust?.hosts === 'enforce'),
  };
}

function pulledNames(stream: Stream): string[] {
  const { registry, image } = stream.publish;
  const names = namesOf(stream, image);
  return names.length > 0 ? names : [`${registry}/${image}`];
}

/** Throws `usage` for a folder. */
function requirePulled(scopes: string[]): string[] {
  const folder = scopes.find((one) => one.startsWith('oci:'));
  if (folder == null) return scopes;
  throw new LockstepError('usage', `${folder} is a folder, and hosts pull from registries`, {
    hint: 'name what they pull: --scope HOST/NAME',
  });
}

/** Throws `usage` for a name that is no file name. */
function requireFileName(name: string): string {
  if (/^[a-z0-9][a-z0-9._-]*$/.test(name)) return name;
  throw new LockstepError('usage', `${JSON.stringify(name)} is no name for files`, {
    hint: 'lower-case letters, digits and . _ -',
  });
}
