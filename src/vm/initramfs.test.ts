import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCpio } from '../file/cpio.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { readBusybox } from './busybox.ts';
import { makeInitramfs } from './initramfs.ts';
import { machineFor } from './machine.ts';

const ARM = Buffer.alloc(1024);
ARM.write('ARM\x64', 56);
const X86 = Buffer.alloc(1024);
X86.write('HdrS', 0x202);
const HERE = machineFor(process.arch === 'arm64' ? ARM : X86);
const ELSEWHERE = machineFor(process.arch === 'arm64' ? X86 : ARM);

async function* streamOf(bytes: Uint8Array) {
  yield bytes;
}

describe('makeInitramfs', () => {
  it('holds folders before what is in them, and modules in the order of loading', async () => {
    const modules = ['virtio_ring', 'virtio'].map((name) => ({ name, content: Buffer.from(name) }));
    const files = { 'scenario.sh': 'step one true' };
    const archive = makeInitramfs({ busybox: Buffer.from('b'), first: '#!', modules, files });

    const entries = new Map<string, string>();
    for await (const { header, body } of readCpio(streamOf(archive))) {
      const content = Buffer.concat(await Array.fromAsync(body)).toString();
      entries.set(header.path, `${header.mode.toString(8)} ${content}`);
    }

    expect(Object.fromEntries(entries)).toMatchObject({
      init: '100755 #!',
      'lockstep/busybox': '100755 b',
      'lockstep/modules': '40755 ',
      'lockstep/modules/00-virtio_ring.ko': '100644 virtio_ring',
      'lockstep/modules/01-virtio.ko': '100644 virtio',
      'lockstep/files/scenario.sh': '100644 step one true',
      'dev/console': '20600 ',
    });
    const paths = [...entries.keys()];
    for (const [index, path] of paths.entries()) {
      const parent = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
      expect(parent === '' || paths.slice(0, index).includes(parent), path).toBe(true);
    }
  });
});

describe('readBusybox', () => {
  it('finds the one of this machine', async () => {
    expect((await readBusybox(HERE, process.env)).length).toBeGreaterThan(100_000);
  });

  it('refuses one that needs libraries, and names the package to install', async () => {
    await using folder = await temporaryFolder();
    await copyFile('/bin/ls', join(folder.path, 'busybox'));

    await expect(readBusybox(HERE, { PATH: folder.path })).rejects.toMatchObject({
      code: 'program-missing',
      hint: 'install the package busybox-static',
    });
  });

  it('refuses to start an image for another architecture', async () => {
    await expect(readBusybox(ELSEWHERE, process.env)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(ELSEWHERE.architecture),
    });
  });
});
