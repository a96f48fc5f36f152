import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { INITRAMFS_SCHEMA_FILE } from '../../../config/file.ts';
import { loadInitramfsConfig } from '../../../config/initramfs.ts';
import { initramfsJsonSchema } from '../../../config/initramfs-schema.ts';
import {
  type BuiltInitramfs,
  buildInitramfs,
  type RefusedInitramfs,
} from '../../../release/initramfs/build.ts';
import type { StageName } from '../../../release/initramfs/stage.ts';
import type { Context } from '../../context/context.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { rendererFor } from '../../render/choose.ts';
import { connectionOf, fileOf, tellFindings } from '../shared/context.ts';

interface InitramfsOptions extends CommonOptions {
  config: string;
  from?: StageName;
  boot: boolean;
  schema?: true;
}

export async function initramfs(options: InitramfsOptions): Promise<void> {
  const context = contextOf(options, 'the next call goes on');
  if (options.schema) {
    const written = [await writeSchema(context)];
    if (options.json) return printJson(context, { written });
    context.stdout.write(`wrote ${written.join()}\n`);
    return;
  }
  const { cwd: project, env, signal, now } = context;
  const config = await loadInitramfsConfig(fileOf(context, options.config), options.config);
  const renderer = rendererFor(context);
  const built = await buildInitramfs({
    config,
    project,
    env,
    signal,
    now,
    uid: process.getuid?.() ?? 0,
    node: process.execPath,
    connection: connectionOf(context),
    folder: join(project, '.lockstep/initramfs'),
    emit: renderer.emit,
    boot: options.boot,
    ...(options.from && { from: options.from }),
  }).finally(() => renderer.close());
  const isMade = 'digest' in built;
  if (!isMade) process.exitCode = 1;
  if (options.json) printJson(context, isMade ? documentOf(built, project) : built);
  else if (isMade) context.stdout.write(linesOf(documentOf(built, project)));
  if (!options.json || !isMade) tellFindings(context, built.findings);
}

async function writeSchema(context: Context): Promise<string> {
  const path = fileOf(context, INITRAMFS_SCHEMA_FILE);
  await writeFile(path, `${JSON.stringify(initramfsJsonSchema(), null, 2)}\n`);
  return path;
}

/** Of `flist initramfs --json`; what was refused has neither files nor flists. */
export type InitramfsDocument = RefusedInitramfs & Partial<BuiltInitramfs>;

function documentOf(built: BuiltInitramfs, project: string): BuiltInitramfs {
  const shown = (path: string) => relative(project, path);
  return { ...built, vmlinuz: shown(built.vmlinuz), initramfs: shown(built.initramfs) };
}

function linesOf({ kernel, vmlinuz, initramfs, digest, size, flists }: BuiltInitramfs): string {
  const lines = [
    `${initramfs} ${digest}: ${size} bytes, for Linux ${kernel} in ${vmlinuz}`,
    ...flists.map(
      ({ manifest, stored, reused }) =>
        `${manifest}: ${stored} blocks stored, ${reused} were there`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
