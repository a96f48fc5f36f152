import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runOk } from '../../../system/process.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import { writeFiles } from '../../testing/builder.ts';

/** A real repository on disk that is gone with its scope. */
export interface TestRepository extends AsyncDisposable {
  /** Its folder; a pool for what is fetched lies beside it. */
  path: string;
  pool: string;
  /** As configurations name it. */
  address: string;
  /** Commits these files on top of what is there; gives the commit. */
  commit(files: Record<string, string | Uint8Array>): Promise<string>;
  /** Runs git in it; gives what it prints. */
  git(...args: string[]): Promise<string>;
}

const AUTHOR = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'core.hooksPath='];

/** Makes an empty repository. */
export async function aRepository(): Promise<TestRepository> {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'repository');
  await mkdir(path);
  const git = async (...args: string[]) =>
    (await runOk('git', [...AUTHOR, '-C', path, ...args])).stdout.trim();
  await git('init', '--quiet', '--initial-branch=main', '--template=');
  const commit = async (files: Record<string, string | Uint8Array>) => {
    await writeFiles(path, files);
    await git('add', '--all', '--force');
    await git('commit', '--quiet', '--allow-empty', '--message=x');
    return git('rev-parse', 'HEAD');
  };
  return {
    path,
    pool: join(folder.path, 'pool'),
    address: `file://${path}`,
    commit,
    git,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
