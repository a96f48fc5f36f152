import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import { validateRepository } from '../../oci/validate.ts';
import { silent } from '../../system/event.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { runContext } from '../context/new-run.ts';
import { bringBack } from '../kept/fetch.ts';
import { poolFilesOf } from '../kept/files.ts';
import { storeInputs } from '../kept/inputs.ts';
import { isArchived } from '../kept/mark.ts';
import { aDeb, aDebianInputs, aStream } from '../testing/inputs.ts';
import { archiveInputs } from './keep-step.ts';

/** A package whose content is its name. */
function realDeb(name: string) {
  const sha256 = createHash('sha256').update(name).digest('hex');
  return { ...aDeb(name), sha256, size: name.length };
}

function inputsOf(...names: string[]) {
  const [source] = aDebianInputs().modules;
  if (!source) throw new Error('no module');
  const { sha256, size } = realDeb('source');
  const files = source.files.map((file) => ({ ...file, sha256, size }));
  const packages = { base: names.map(realDeb), builder: [realDeb('gcc')], image: [realDeb('zfs')] };
  return aDebianInputs({ packages, modules: [{ ...source, files }] });
}

async function aContext(project: string) {
  const publish = { ...aStream().publish, archive_inputs: true };
  const signal = new AbortController().signal;
  const world = { env: {}, now: () => new Date(0), signal, emit: silent, project };
  const registry = memoryRegistry();
  const context = runContext(aStream({ publish }), { ...world, registry, id: 'id' });
  await mkdir(context.folders.pool, { recursive: true });
  return context;
}

describe(archiveInputs, () => {
  it('keeps every pinned file once, from where it comes back whole', async () => {
    await using folder = await temporaryFolder();
    const context = await aContext(folder.path);
    const { pool } = context.folders;
    const inputs = inputsOf('linux', 'libc');
    const files = poolFilesOf(inputs, pool);
    const contents = ['linux', 'libc', 'gcc', 'zfs', 'source'];
    for (const text of contents) {
      const found = files.find(({ sha256 }) => sha256 === realDeb(text).sha256);
      await writeFile(found?.path ?? '', text);
    }
    await storeInputs(context.ends.image, inputs);
    expect(await isArchived(context.ends.image, inputs)).toBe(false);

    expect(await archiveInputs(context, inputs)).toEqual({ files: 5, sent: 5 });
    expect(await isArchived(context.ends.image, inputs)).toBe(true);
    expect(await archiveInputs(context, inputs)).toEqual({ files: 5, sent: 0 });
    expect(await validateRepository(context.ends.image)).toEqual([]);
    await rm(pool, { recursive: true });

    expect(await bringBack(context, files)).toEqual([]);
    expect(await Promise.all(files.map(({ path }) => readFile(path, 'utf8')))).toEqual(
      expect.arrayContaining(contents),
    );
    expect(await readdir(`${pool}/partial`)).toEqual([]);
  });

  it('leaves to upstream what is not archived, and asks nothing where that is not wanted', async () => {
    await using folder = await temporaryFolder();
    const context = await aContext(folder.path);
    const files = poolFilesOf(inputsOf('linux'), context.folders.pool);
    const { archive_inputs: _, ...publish } = context.stream.publish;
    const other = {
      ...context,
      stream: { ...context.stream, publish },
      ends: undefined as unknown as typeof context.ends,
    };

    expect(await bringBack(context, files)).toEqual(files);
    expect(await bringBack(other, files)).toEqual(files);
  });
});
