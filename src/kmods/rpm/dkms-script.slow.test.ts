import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aKernelModule } from '../../kernel/testing/module-builder.ts';
import { aCertificate } from '../../kernel/testing/signature-builder.ts';
import { run, runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { checkKmodRpms } from './check-kmods.ts';
import { KERNEL, type RpmTrial, type RpmTrialResult, tryRpm } from './testing/rpm-trial.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const certificate = aCertificate(keys);
const signing = {
  key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
};
const source = {
  'dkms.conf': 'PACKAGE_NAME=x\nPACKAGE_VERSION=1\nBUILT_MODULE_NAME[0]=x\n',
  'x.ko.in': aKernelModule({
    name: 'x',
    sections: [{ name: '.debug_info', flags: 0, content: Buffer.alloc(5000) }],
  }),
};
const trial: RpmTrial = { module: { kind: 'dkms', version: '1.0-2' }, files: source };
const expected = { kernel: KERNEL, modules: [{ name: 'x' }] };

function kmodOf({ packages, said }: RpmTrialResult): string {
  const [kmod] = packages.filter(({ folder }) => folder === '/');
  if (!kmod) throw new Error(`no package was made:\n${said}`);
  return kmod.path;
}

/** Unpacks a package and gives what modinfo says of the module in it. */
async function modinfo(rpm: string, ending: string): Promise<string> {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await runOk('sh', ['-c', 'rpm2cpio "$1" | cpio -idm --quiet', 'sh', rpm], { cwd: path });
  const module = join(path, `usr/lib/modules/${KERNEL}/extra/x/x.ko${ending}`);
  return (await runOk('/usr/sbin/modinfo', [module])).stdout;
}

async function query(rpm: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await runOk('rpm', ['-qp', ...args, rpm]);
  return stdout.trim().split('\n');
}

describe('a package of modules made from a DKMS source', () => {
  it('says for which kernel it is, as rpm reads it', async () => {
    await using made = await tryRpm(trial);
    const rpm = kmodOf(made);

    expect(await query(rpm, '--requires')).toContain(`kernel-uname-r = ${KERNEL}`);
    expect(await query(rpm, '--provides')).toEqual(
      expect.arrayContaining([
        `kernel-modules-for-kernel = ${KERNEL}`,
        `kmod-x-uname-r = ${KERNEL}`,
        'x-kmod = 1.0_2-1',
      ]),
    );
    expect((await query(rpm, '--scripts')).join('\n')).toContain(`depmod -a ${KERNEL}`);
    expect(await query(rpm, '-l')).toContain(`/usr/lib/modules/${KERNEL}/extra/x/x.ko`);
    expect((await runOk('rpm', ['-K', '--nosignature', rpm])).stdout).toContain('digests OK');
    expect(await checkKmodRpms([rpm], expected)).toEqual([]);
    expect(made.packages.map(({ folder }) => folder).sort()).toEqual(['/', 'src']);
  });

  it.each(['rpm', 'tar.gz'] as const)('comes of a source in a %s as well', async (carrier) => {
    const folder = carrier === 'rpm' ? '' : 'x-1.0/';
    const files = Object.fromEntries(
      Object.entries(source).map(([path, content]) => [`${folder}${path}`, content]),
    );
    await using made = await tryRpm({ ...trial, files, carrier });

    expect(await checkKmodRpms([kmodOf(made)], expected)).toEqual([]);
  });

  it('comes of the root of a tar file, whatever lies in folders of it', async () => {
    const files = { ...source, 'a/dkms.conf': 'false\n', 'a/usr/src/x/dkms.conf': 'false\n' };
    await using made = await tryRpm({ ...trial, files, carrier: 'tar' });

    expect(await checkKmodRpms([kmodOf(made)], expected)).toEqual([]);
  });

  it('is the same, bit by bit, when it is made again', async () => {
    await using first = await tryRpm(trial);
    await using second = await tryRpm(trial);

    await runOk('cmp', [kmodOf(first), kmodOf(second)]);
  });

  it.each([
    ['CONFIG_MODULE_COMPRESS_XZ=y\n', '.xz'],
    ['CONFIG_MODULE_COMPRESS_ZSTD=y\n', '.zst'],
    ['# CONFIG_MODULE_COMPRESS_XZ is not set\n', ''],
  ])('holds modules compressed as with %j, signed before that', async (config, ending) => {
    await using made = await tryRpm({ ...trial, config, signing, target: { signing: true } });
    const rpm = kmodOf(made);

    expect(await checkKmodRpms([rpm], { ...expected, certificate })).toEqual([]);
    expect(await modinfo(rpm, ending)).toMatch(/^sig_hashalgo:\s+sha256$/m);
    expect(made.said).not.toContain(signing.key.slice(60, 100));
  });

  it('has a signature that openssl finds good, and no debug information', async () => {
    await using made = await tryRpm({ ...trial, signing, target: { signing: true } });
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'certificate.pem'), signing.certificate);
    const { status, stderr } = await run('sh', ['-c', VERIFY, 'sh', kmodOf(made), KERNEL], {
      cwd: folder.path,
    });

    expect(status, stderr).toBe(0);
  });

  it('fails when the source fails, with what it said', async () => {
    const files = {
      'dkms.conf': `${source['dkms.conf']}MAKE="echo 'x.c:1:1: error: no'; false"\n`,
    };
    await using made = await tryRpm({ ...trial, files });

    expect(made.status).not.toBe(0);
    expect(made.said).toContain('x.c:1:1: error: no');
  });
});

/** Takes a module apart with common tools: 28 bytes of marker, 12 of trailer, then the message. */
const VERIFY = `set -e
rpm2cpio "$1" | cpio -idm --quiet
ko=usr/lib/modules/$2/extra/x/x.ko
if objdump -h $ko | grep -q debug_info; then echo 'debug information is there' >&2; exit 1; fi
size=$(tail -c 32 $ko | head -c 4 | od -An -tu1 | awk '{print (($1 * 256 + $2) * 256 + $3) * 256 + $4}')
head -c -$((40 + size)) $ko > content
tail -c $((40 + size)) $ko | head -c $size > message
openssl cms -verify -binary -inform DER -in message -content content -certfile certificate.pem -noverify -out /dev/null`;
