import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { LockstepError } from '../../system/error.ts';
import { LOGIN_SECRET } from './login-secret.ts';

const Logins = z.looseObject({ auths: z.record(z.string(), z.looseObject({})) });

/**
 * Writes the logins of a job where `REGISTRY_AUTH_FILE` says; nobody else may read them. Returns
 * the registries that they are for. Throws `config` when the secret is not there, or no logins.
 */
export async function writeLogins(env: NodeJS.ProcessEnv): Promise<string[]> {
  const path = env.REGISTRY_AUTH_FILE;
  const text = env[LOGIN_SECRET];
  if (!path)
    throw new LockstepError('usage', 'REGISTRY_AUTH_FILE names no file to write logins to');
  if (!text) {
    throw new LockstepError('config', `the secret ${LOGIN_SECRET} is empty, or was not given`, {
      hint: 'make it from a login: podman login --authfile FILE REGISTRY; its value is the content of FILE',
    });
  }
  const logins = readLogins(text);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
  return Object.keys(logins.auths);
}

function readLogins(text: string) {
  try {
    return Logins.parse(JSON.parse(text));
  } catch {
    // What is wrong would be told with a piece of the secret.
    throw new LockstepError('config', `the secret ${LOGIN_SECRET} holds no registry logins`, {
      hint: 'it must be JSON: {"auths": {"HOST": {"auth": "…"}}}',
    });
  }
}
