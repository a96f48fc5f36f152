import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLayout } from '../oci/layout/layout.ts';
import { putImage } from '../oci/testing/image.ts';
import { run } from '../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../system/temporary.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const PAGE = join(import.meta.dirname, '../../docs/json.schema.json');
const shapes = (JSON.parse(readFileSync(PAGE, 'utf8')) as { $defs: Record<string, object> }).$defs;

let project: TemporaryFolder;

beforeAll(async () => {
  project = await temporaryFolder();
  await mkdir(join(project.path, 'store'));
  await putImage(openLayout(join(project.path, 'store/x')), { tag: 'latest' });
  await writeFile(join(project.path, 'a.bu'), 'variant: fcos\nversion: 1.7.0\n');
  await writeFile(join(project.path, 'a.ign'), '{"ignition":{"version":"3.6.0"}}\n');
  await writeFile(join(project.path, 'bad.ign'), '{"ignition":{"version":"3.6.0"},"storage":1}\n');
  const pack = `flist pack -m a.fl -s dir://${join(project.path, 'blocks')} store`;
  await documentOf(pack);
  return () => project[Symbol.asyncDispose]();
});

async function documentOf(call: string): Promise<unknown> {
  const args = [...call.split(' '), '-C', project.path, '--json'];
  const { stdout } = await run(process.execPath, [MAIN, ...args]);
  return JSON.parse(stdout);
}

describe('docs/json.schema.json', () => {
  it.each([
    ['init', 'init --profile debian'],
    ['status', 'status'],
    ['compat', 'compat --kernel 6.12 --line 2.3'],
    ['tags', 'tags oci:store/x --digests'],
    ['kernel', 'kernel oci:store/x --metadata'],
    ['probe', 'probe oci:store/x --module zfs --kernel 6.12.0'],
    ['ignition build', 'ignition build a.bu'],
    ['ignition validate', 'ignition validate a.ign'],
    ['ignition validate', 'ignition validate bad.ign'],
    ['ignition merge', 'ignition merge a.ign a.bu'],
    ['ignition merge', 'ignition merge a.ign bad.ign'],
    ['ignition migrate', 'ignition migrate a.bu'],
    ['ignition diff', 'ignition diff a.ign a.bu'],
    ['ignition show', 'ignition show a.ign'],
    ['ignition show', 'ignition show bad.ign'],
    ['ignition decompile', 'ignition decompile a.ign'],
    ['ignition pointer', 'ignition pointer https://example.org/a.ign a.ign'],
    ['ignition pointer', 'ignition pointer https://example.org/a.ign bad.ign'],
    ['flist cat', 'flist cat a.fl x/oci-layout'],
    ['error', 'ls oci:nowhere'],
    ['error', 'run --frobnicate'],
    ['error', 'status --config nowhere.yaml'],
  ])('has the shape of %s as it is printed by %j', async (name, call) => {
    const document = await documentOf(call);
    const shape = z.fromJSONSchema(shapes[name] as Parameters<typeof z.fromJSONSchema>[0]);

    expect(shape.safeParse(document)).toMatchObject({ success: true, data: document });
    expect(shape.safeParse({ ...(document as object), planted: 1 }).success).toBe(false);
    expect(shape.safeParse({ schema_version: 1 }).success).toBe(false);
  });
});

describe('lockstep flist cat', () => {
  it('has no file above the root', async () => {
    const document = await documentOf('flist cat a.fl x/../../x');

    expect(document).toMatchObject({ error: { code: 'not-found' } });
  });
});
