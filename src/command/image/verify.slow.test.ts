import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decompressBytes } from '../../file/compression/compression.ts';
import { fetchKernel, type RealKernel } from '../../gate/abi/testing/real-kernel.ts';
import { readSignatureTrailer } from '../../kernel/signature/signature.ts';
import { run, runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';

const MAIN = join(import.meta.dirname, '../main.ts');

let folder: TemporaryFolder;
let kernel: RealKernel;
let module: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  kernel = await fetchKernel(folder.path, 'linux-image-cloud-amd64');
  const files = await readdir(kernel.modulesDir, { recursive: true });
  module = join(kernel.modulesDir, files.find((name) => /\/vsock\.ko/.test(name)) ?? '');
});

afterAll(() => folder[Symbol.asyncDispose]());

async function verify(...args: string[]) {
  const result = await run(process.execPath, [MAIN, 'verify', ...args]);
  return { ...result, json: () => JSON.parse(result.stdout) };
}

/** Makes a process say when it begins to listen to SIGINT. */
const LISTENS = `data:text/javascript,${encodeURIComponent(`process.on('newListener', (name) =>
  name === 'SIGINT' && setImmediate(() => console.error('listens')))`)}`;

describe('lockstep verify', () => {
  it('stops at Ctrl-C, and says so', async () => {
    const args = ['--import', LISTENS, MAIN, 'verify', '--modules-dir', kernel.modulesDir];
    const child = spawn(process.execPath, args);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      if (chunk.includes('listens')) child.kill('SIGINT');
    });
    const [stdout, [status]] = await Promise.all([
      text(child.stdout),
      once(child, 'close') as Promise<[number | null]>,
    ]);

    expect(status).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/SIGINT: stopping[^]*error: interrupted by SIGINT/);
    expect(stderr).not.toContain('next run');
  });

  it('prints the document of docs/verify.md and exits with 0 when all pass', async () => {
    const { status, json } = await verify('--modules-dir', kernel.modulesDir, module, '--json');

    expect(status).toBe(0);
    const vsock = { file: module, name: 'vsock', loads: true, verdict: 'pass' };
    expect(json()).toEqual({
      schema_version: 1,
      verdict: 'pass',
      kernels: [
        {
          kernel: kernel.release,
          verdict: 'pass',
          modules: [{ ...vsock, findings: expect.any(Array) }],
          findings: [],
        },
      ],
    });
  });

  it('exits with 1 when one fails, a broken file among them', async () => {
    const broken = join(folder.path, 'broken.ko');
    await writeFile(broken, 'not a module');

    const { status, json } = await verify(
      '--modules-dir',
      kernel.modulesDir,
      module,
      broken,
      '--json',
    );

    expect(status).toBe(1);
    expect(json().kernels[0].modules[0].verdict).toBe('pass');
    expect(json().kernels[0].modules[1]).toMatchObject({
      name: 'broken',
      loads: false,
      verdict: 'fail',
      findings: [{ rule: 'elf', severity: 'error' }],
    });
  });

  it('takes only what is signed under enforcement', async () => {
    const unsigned = join(folder.path, 'vsock.ko');
    const content = decompressBytes(await readFile(module), 1 << 28);
    await writeFile(unsigned, readSignatureTrailer(content).content);
    const args = ['--modules-dir', kernel.modulesDir, '--enforce-signatures', '--json'];

    expect((await verify(...args, module)).json().kernels[0].modules[0]).toMatchObject({
      loads: true,
    });
    expect((await verify(...args, unsigned)).json().kernels[0].modules[0]).toMatchObject({
      loads: false,
      findings: expect.arrayContaining([expect.objectContaining({ rule: 'signature' })]),
    });
  });

  it.each([
    ['nothing', []],
    ['two images', ['oci:a', 'oci:b']],
    ['a module that is not there', ['--modules-dir', '/nowhere', 'gone.ko']],
    ['a folder that is not there', ['--modules-dir', '/nowhere']],
    ['an option that is not there', ['--nonsense']],
    ['a certificate that is none', ['--root', '/nowhere', '--certificate', MAIN]],
  ])('exits with 2 when called with %s', async (_, args) => {
    expect((await verify(...args)).status).toBe(2);
  });

  it('does not let pass what holds nothing to verify', async () => {
    const empty = join(folder.path, 'empty');
    await mkdir(join(empty, 'lib/modules/6.1.0-1-amd64'), { recursive: true });
    const nothing = { status: 2, stdout: expect.stringContaining('"not-found"') };

    expect(await verify('--root', join(empty, 'lib'), '--json')).toMatchObject(nothing);
    expect(await verify('--modules-dir', empty, '--json')).toMatchObject(nothing);
    expect(
      await verify('--modules-dir', join(empty, 'lib/modules/6.1.0-1-amd64'), '--json'),
    ).toMatchObject(nothing);
  });

  it('reads an image in a layout like an unpacked root', async () => {
    const root = join(folder.path, 'root');
    const place = `lib/modules/${kernel.release}`;
    for (const path of [
      'kernel/net/vmw_vsock',
      'modules.builtin',
      'modules.builtin.modinfo',
      'modules.order',
    ]) {
      await cp(join(kernel.root, place, path), join(root, 'usr', place, path), { recursive: true });
    }
    await cp(join(kernel.root, 'boot'), join(root, 'boot'), { recursive: true });
    await runOk('ln', ['-s', 'usr/lib', join(root, 'lib')]);
    await runOk('/usr/sbin/depmod', ['-b', root, kernel.release]);
    const layout = await anImage(root);

    const fromRoot = await verify('--root', root, '--json');
    const fromImage = await verify(`oci:${layout}:latest`, '--json');

    expect(fromImage.json()).toEqual(fromRoot.json());
    expect(fromImage.json().kernels[0].modules.length).toBeGreaterThan(3);
  });
});

/** An image with one layer, put together by hand so that nothing of ours is in the way. */
async function anImage(root: string): Promise<string> {
  const layout = join(folder.path, 'layout');
  const script = `
    set -e
    mkdir -p "$2/blobs/sha256" && cd "$2"
    add() { sum=$(sha256sum "$1" | cut -d' ' -f1); mv "$1" "blobs/sha256/$sum"; echo "$sum"; }
    tar -C "$1" -cf layer . && size=$(stat -c %s layer) && layer=$(add layer)
    printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$layer" > config
    csize=$(stat -c %s config) && config=$(add config)
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s}]}' "$config" "$csize" "$layer" "$size" > manifest
    msize=$(stat -c %s manifest) && manifest=$(add manifest)
    printf '{"imageLayoutVersion":"1.0.0"}' > oci-layout
    printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"latest"}}]}' "$manifest" "$msize" > index.json
  `;
  await runOk('sh', ['-c', script, 'sh', root, layout]);
  return layout;
}
