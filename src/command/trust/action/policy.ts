import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import { LockstepError } from '../../../system/error.ts';
import { hostFiles } from '../../../trust/hosts/host-files.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { readPublicKeys } from './keys.ts';
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
  const { base, output, enforce } = options;
  const { name, scopes } = await whatIsSigned(context, options);
  const files = hostFiles({
    name,
    scopes,
    keys: await readPublicKeys(options.key ?? [], context),
    ...(enforce && { enforce }),
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

/** The scopes that are named, else the images of the configuration. Throws `usage` for a name that is no file name. */
async function whatIsSigned(
  { cwd }: Context,
  { scope, name, config }: PolicyOptions,
): Promise<{ name: string; scopes: string[] }> {
  const { streams } = scope && name ? { streams: [] } : await loadConfig(cwd, config);
  const images = streams.map(
    ({ publish: { registry, image } }) => `${registry.replace(/\/+$/, '')}/${image}`,
  );
  const scopes = scope ?? [...new Set(images)];
  const called = name ?? streams[0]?.name ?? '';
  const folder = scopes.find((one) => one.startsWith('oci:'));
  if (folder != null)
    throw new LockstepError('usage', `${folder} is a folder, and hosts pull from registries`, {
      hint: 'name what they pull: --scope HOST/NAME',
    });
  if (/^[a-z0-9][a-z0-9._-]*$/.test(called)) return { name: called, scopes };
  throw new LockstepError('usage', `${JSON.stringify(called)} is no name for files`, {
    hint: 'lower-case letters, digits and . _ -',
  });
}
