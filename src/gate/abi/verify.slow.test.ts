import { cp, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decompressBytes } from '../../file/compression/compression.ts';
import { openDirectoryTree } from '../../file/directory-tree.ts';
import { readElf } from '../../kernel/elf/elf.ts';
import { readKernelExports } from '../../kernel/image/exports.ts';
import { readKernelImage } from '../../kernel/image/image.ts';
import { readSymvers } from '../../kernel/image/symvers.ts';
import { modinfoValue, readModule } from '../../kernel/module/module.ts';
import { readSignatureTrailer } from '../../kernel/signature/signature.ts';
import { loaderRules } from '../../kernel/version/loader.ts';
import { run, runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { contentsGate } from '../contents/gate.ts';
import { abiGate } from './gate.ts';
import { findKernels } from './kernel/files.ts';
import { tryInput } from './testing/fuzz.ts';
import { fetchKernel, fetchSymvers, type RealKernel } from './testing/real-kernel.ts';
import { treeOfModulesDir, verifyTree } from './verify.ts';
import { verifyFiles } from './verify-files.ts';

let folder: TemporaryFolder;
let kernel: RealKernel;
let symvers: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  kernel = await fetchKernel(folder.path, 'linux-image-cloud-amd64');
  symvers = await fetchSymvers(folder.path, kernel);
  await runOk('/usr/sbin/depmod', ['-b', kernel.root, kernel.release]);
});

afterAll(() => folder[Symbol.asyncDispose]());

async function modulePaths(): Promise<string[]> {
  const [files] = await findKernels(openDirectoryTree(kernel.root));
  return (files?.modules ?? []).map(({ path }) => join(kernel.root, path));
}

/** What `readModule` makes of a file, and what is behind it. */
async function readFileOfModule(path: string) {
  const trailer = readSignatureTrailer(decompressBytes(await readFile(path), 1 << 28));
  return { module: readModule(readElf(trailer.content)), trailer };
}

async function kernelImage(): Promise<Buffer> {
  const image = await readFile(join(kernel.root, `boot/vmlinuz-${kernel.release}`));
  return readKernelImage(image, (bytes) => decompressBytes(bytes, 1 << 30));
}

describe('readKernelExports', () => {
  it('agrees with Module.symvers in every symbol, version, licence and namespace', async () => {
    const image = readKernelExports(readElf(await kernelImage()));
    const listed = readSymvers(await readFile(symvers, 'utf8'));

    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    const expected = listed.filter(({ owner }) => owner === 'vmlinux').sort(byName);
    expect(expected.length).toBeGreaterThan(5000);
    expect(image.sort(byName)).toEqual(expected);
  });
});

describe('loaderRules', () => {
  it('knows what the messages in the kernel tell of its loader', async () => {
    const image = await kernelImage();
    const rules = loaderRules(kernel.release, undefined);

    expect(rules.checksModuleSize).toBe(image.includes('Exactly one .gnu.linkonce.this_module'));
    expect(rules.checksSymbolNames).toBe(image.includes('symbol string table missing leading NUL'));
    expect(rules.readsExtendedVersions).toBe(image.includes('extended version crc+name presence'));
    expect(rules.knowsModuleNamespaces).toBe(image.includes('tries to import module namespace'));
    expect(rules.readsExportFlags).toBe(image.includes('no flags for exported symbols'));
  });
});

describe('readModule', () => {
  it('agrees with modinfo, and its exports with Module.symvers', async () => {
    const paths = (await modulePaths()).filter((_, index) => index % 25 === 0);
    const listed = readSymvers(await readFile(symvers, 'utf8'));
    expect(paths.length).toBeGreaterThan(30);
    for (const path of paths) {
      const { module } = await readFileOfModule(path);

      for (const field of ['name', 'vermagic', 'license', 'depends', 'intree', 'retpoline']) {
        const { stdout } = await run('/usr/sbin/modinfo', ['-F', field, path]);
        expect(stdout.split('\n')[0]).toBe(modinfoValue(module, field) ?? '');
      }
      const own = listed.filter(({ owner }) => owner === module.name);
      expect(new Set(module.exports.map(({ name, crc }) => `${name} ${crc}`))).toEqual(
        new Set(own.map(({ name, crc }) => `${name} ${crc}`)),
      );
    }
  });
});

describe('verifyTree', () => {
  it('passes every module of a kernel, with its own files alone', async () => {
    const [report] = await verifyTree(openDirectoryTree(kernel.root));

    expect(report?.modules.length).toBeGreaterThan(1000);
    expect(report?.modules.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(report?.findings).toEqual([]);
    expect(report?.verdict).toBe('pass');
  });

  it('sees indexes that do not agree with the files, and modules of other kernels', async () => {
    const [victim, moved] = await modulePaths();
    if (!victim || !moved) throw new Error('no modules');
    const updates = join(kernel.modulesDir, 'updates');
    await cp(victim, join(updates, basename(victim)), { recursive: true });
    await cp(moved, join(kernel.root, 'lib/modules/5.0.0-old/updates', basename(moved)));
    try {
      const tree = openDirectoryTree(kernel.root);
      const rules = (await abiGate(tree)).map(({ rule }) => rule);
      const contents = await contentsGate(tree, { kernels: [kernel.release], modules: [] });

      expect(rules).toContain('duplicate-module');
      expect(rules).toContain('modules-dep');
      expect(rules).toContain('leftover-kernel');
      expect(contents.map(({ rule }) => rule)).toEqual(['stray-kernel']);
    } finally {
      await rm(updates, { recursive: true });
      await rm(join(kernel.root, 'lib/modules/5.0.0-old'), { recursive: true });
    }
  });
});

describe('verifyFiles', () => {
  async function verdictOn(change: (module: Buffer) => Buffer, name = 'changed.ko') {
    const path = (await modulePaths()).find((file) => /\/vsock\.ko/.test(file)) ?? '';
    const content = change(Buffer.from(decompressBytes(await readFile(path), 1 << 28)));
    const { tree, folder: modules } = treeOfModulesDir(kernel.modulesDir);
    const report = await verifyFiles(tree, modules, { modules: [{ file: name, content }] });
    return report.modules[0];
  }

  it('knows the signature of a module of the kernel by its certificate, and a changed bit', async () => {
    const good = await verdictOn((module) => module, 'vsock.ko');
    expect(good?.verdict).toBe('pass');
    expect(good?.findings.map(({ rule }) => rule)).not.toContain('taint');

    const bad = await verdictOn((module) => {
      module[0x100] = (module[0x100] ?? 0) ^ 1;
      return module;
    }, 'vsock.ko');
    expect(bad?.loads).toBe(false);
    expect(bad?.findings[0]).toMatchObject({ rule: 'signature', effect: 'refused' });
  });

  it('sees a changed CRC, vermagic and struct module in an unsigned copy', async () => {
    const stripped = (module: Buffer) => Buffer.from(readSignatureTrailer(module).content);
    const rulesOf = async (change: (module: Buffer) => Buffer) => {
      const report = await verdictOn((module) => change(stripped(module)), 'vsock.ko');
      return report?.findings.filter(({ effect }) => effect !== 'note').map(({ rule }) => rule);
    };

    expect(await rulesOf((module) => module)).toEqual([]);
    expect(
      await rulesOf((module) => {
        module.write('preemptX', module.indexOf('SMP preempt ') + 4, 'latin1');
        return module;
      }),
    ).toEqual(['vermagic']);
    expect(
      await rulesOf((module) => {
        const at = module.indexOf('\0module_layout\0') + 1;
        module.writeUInt32LE(1, at - 8);
        return module;
      }),
    ).toEqual(['module-layout']);
  });

  it('takes symvers that are compressed', async () => {
    const { tree, folder: modules } = treeOfModulesDir(kernel.modulesDir);
    const packed = join(folder.path, 'symvers.xz');
    await runOk('sh', ['-c', `xz -c ${symvers} > ${packed}`]);
    const path = (await modulePaths())[0] ?? '';

    const report = await verifyFiles(
      tree,
      modules,
      { modules: [{ file: path, content: await readFile(path) }] },
      { symvers: await readFile(packed) },
    );

    expect(report.verdict).toBe('pass');
  });
});

describe('tryInput', () => {
  it('finds no reader that fails, in 20,000 inputs made from real modules', async () => {
    const contents = await Promise.all(
      (await modulePaths()).slice(0, 200).map(async (path) => {
        return new Uint8Array(decompressBytes(await readFile(path), 1 << 28));
      }),
    );
    const samples = contents.filter(({ length }) => length < 32_768).slice(0, 20);
    expect(samples.length).toBeGreaterThan(5);
    const faults = [];
    for (let seed = 100_001; seed <= 120_000; seed++) {
      faults.push(tryInput(seed, samples) ?? []);
      if (seed % 50 === 0) await new Promise((go) => setImmediate(go));
    }

    expect(faults.flat()).toEqual([]);
  });
});
