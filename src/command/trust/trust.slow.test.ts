import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLayout } from '../../oci/layout/layout.ts';
import { run } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { decryptKey } from '../../trust/key/encrypted-key.ts';
import { putTwoPlatforms } from '../../trust/testing/signed-image.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const COSIGN_PASSWORD = 'a password that nothing shows';
/** Given by mistake where their names are expected. */
const WORD = 'correct-horse';
const TOKEN = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.';
const NAME = 'registry.example.org/zfs';
const IMAGE = 'oci:store:latest';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

function lockstep(args: string, env: Record<string, string> = { COSIGN_PASSWORD }) {
  const words = [MAIN, ...args.split(' '), '-C', folder.path];
  return run(process.execPath, words, { env: { PATH: process.env.PATH, ...env } });
}

/** Everything that lies in the store, by path. */
function stored(): Map<string, Buffer> {
  const store = join(folder.path, 'store');
  const files = globSync('**/*', { cwd: store }).sort();
  return new Map(
    files
      .filter((path) => statSync(join(store, path)).isFile())
      .map((path) => [path, readFileSync(join(store, path))]),
  );
}

describe('lockstep trust init', () => {
  it('makes a key pair that only its owner may read, and says what to put where', async () => {
    const { status, stdout } = await lockstep('trust init');

    expect(status).toBe(0);
    const key = join(folder.path, 'cosign.key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(stdout).toContain('COSIGN_PRIVATE_KEY');
    expect(stdout).not.toContain(readFileSync(key, 'utf8').split('\n')[1]);
    await expect(decryptKey(readFileSync(key, 'utf8'), COSIGN_PASSWORD)).resolves.toBeDefined();
  });

  it.each(['cosign.key', 'cosign.pub'])(
    'overwrites no %s, and then writes nothing',
    async (name) => {
      await writeFile(join(folder.path, name), 'mine');

      const { status, stderr } = await lockstep('trust init');

      expect({ status, stderr }).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('there already') as string,
      });
      expect(readFileSync(join(folder.path, name), 'utf8')).toBe('mine');
      expect(globSync('cosign.*', { cwd: folder.path })).toEqual([name]);
    },
  );

  it('wants a password to be set, be it empty', async () => {
    expect(await lockstep('trust init', {})).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('COSIGN_PASSWORD is not set') as string,
    });
    expect(existsSync(join(folder.path, 'cosign.key'))).toBe(false);
    expect(await lockstep('trust init', { COSIGN_PASSWORD: '' })).toMatchObject({ status: 0 });
  });
});

describe('lockstep trust sign, verify and attest', () => {
  beforeEach(async () => {
    await putTwoPlatforms(openLayout(join(folder.path, 'store')));
    await lockstep('trust init');
  });

  it('sign what verify then accepts, with the key in a variable', async () => {
    const COSIGN_PRIVATE_KEY = readFileSync(join(folder.path, 'cosign.key'), 'utf8');
    const env = { COSIGN_PASSWORD, COSIGN_PRIVATE_KEY };
    const before = await lockstep(`trust verify ${IMAGE} --key cosign.pub --json`);
    const sign = `trust sign ${IMAGE} --key env:COSIGN_PRIVATE_KEY --as ${NAME} --json`;
    const signed = await lockstep(sign, env);
    const after = await lockstep(`trust verify ${IMAGE} --key cosign.pub --json`);

    expect(before).toMatchObject({ status: 1 });
    expect(JSON.parse(signed.stdout)).toMatchObject({
      reference: IMAGE,
      signed: [1, 2, 3].map(() => ({ written: ['simplesigning', 'bundle'] })),
    });
    expect(after).toMatchObject({ status: 0 });
    expect(JSON.parse(after.stdout)).toMatchObject({ reference: IMAGE, verified: true });

    const whole = stored();
    expect(await lockstep(sign, env)).toMatchObject({ status: 0 });
    expect(stored()).toEqual(whole);
  });

  it('attest what verify then finds by its type alone', async () => {
    const type = 'https://example.org/reviewed/v1';
    await writeFile(join(folder.path, 'review.json'), '{"by":"somebody"}');
    const words = `--type ${type} --predicate review.json --key cosign.key`;
    expect(await lockstep(`trust attest ${IMAGE} ${words}`)).toMatchObject({ status: 0 });

    const asked = await lockstep(`trust verify ${IMAGE} --key cosign.pub --type ${type}`);
    expect(asked).toMatchObject({ status: 0 });
    const signature = await lockstep(`trust verify ${IMAGE} --key cosign.pub`);
    expect(signature).toMatchObject({ status: 1 });
  });

  it.each([
    ['a wrong password', `--key cosign.key --as ${NAME}`, { COSIGN_PASSWORD: 'wrong' }],
    ['no password', `--key cosign.key --as ${NAME}`, {}],
    ['a public key', `--key cosign.pub --as ${NAME}`, { COSIGN_PASSWORD }],
    ['a file that is not there', `--key nowhere.key --as ${NAME}`, { COSIGN_PASSWORD }],
    ['a variable that is not set', `--key env:NOWHERE --as ${NAME}`, { COSIGN_PASSWORD }],
    ['a folder without a name', '--key cosign.key', { COSIGN_PASSWORD }],
    ['what is no tag', `--key cosign.key --as ${NAME} --for-tag no/tag`, { COSIGN_PASSWORD }],
    ['a name with a tag', `--key cosign.key --as ${NAME}:latest`, { COSIGN_PASSWORD }],
  ])('end with 2 and write nothing for %s', async (_, words, env) => {
    const before = stored();

    const { status, stderr } = await lockstep(`trust sign ${IMAGE} ${words}`, env);

    expect({ status, stderr }).toMatchObject({ status: 2 });
    expect(stderr).toContain('hint:');
    expect(stored()).toEqual(before);
  });

  it('attest no predicate whose type is no URI', async () => {
    await writeFile(join(folder.path, 'review.json'), '{}');
    const words = '--type reviewed --predicate review.json --key cosign.key';

    const { status, stderr } = await lockstep(`trust attest ${IMAGE} ${words}`);

    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('a URI is expected'),
    });
  });

  it('show key and password nowhere, whatever happens', async () => {
    const key = readFileSync(join(folder.path, 'cosign.key'), 'utf8');
    const opened = await decryptKey(key, COSIGN_PASSWORD);
    const der = opened.export({ type: 'pkcs8', format: 'der' });
    const secrets = [
      COSIGN_PASSWORD,
      WORD,
      TOKEN,
      key.split('\n')[1] ?? '',
      der.toString('base64'),
      der,
    ];
    const outputs = await Promise.all([
      lockstep(`trust sign ${IMAGE} --key cosign.key --as ${NAME} -v`),
      lockstep(`trust sign ${IMAGE} --key cosign.key --as ${NAME} --json`, {
        COSIGN_PASSWORD: `${COSIGN_PASSWORD}.`,
      }),
      lockstep(`trust sign ${IMAGE} --key env:COSIGN_PASSWORD --as ${NAME} --json`),
      lockstep(`trust verify ${IMAGE} --key cosign.key --json`),
      lockstep(`trust sign ${IMAGE} --key cosign.key --as ${NAME} --password ${WORD}`),
      lockstep(`trust sign ${IMAGE} --keyless --as ${NAME} --token ${TOKEN}`),
      run(process.execPath, [MAIN, 'trust', 'sign', IMAGE, '--key', key, '-C', folder.path], {
        env: { PATH: process.env.PATH, COSIGN_PASSWORD },
      }),
    ]);

    expect(outputs.map(({ status }) => status)).toEqual([0, 2, 2, 2, 2, 2, 2]);
    const said = outputs.map(({ stdout, stderr }) => Buffer.from(stdout + stderr));
    for (const bytes of [...said, ...stored().values()]) {
      for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
    }
  });
});
