import { type FileTree, readIfThere } from '../../file/tree.ts';
import { LockstepError } from '../../system/error.ts';
import { readMaterials } from '../policy/material.ts';
import type { Policy, Requirement } from '../policy/policy.ts';
import { findHost } from './host.ts';

/** Where such files are, of all that an image holds; keys may lie elsewhere too. */
const HOST_FILES = /^etc\/(?:containers|pki)\//;

/** Whether a path is worth keeping while layers are read. */
export function tellsHost(path: string): boolean {
  return HOST_FILES.test(path);
}

/**
 * Every file by which a host with these files judges images, by the path that it asks for: its
 * policy, where signatures are, and the keys and certificates that the policy names. A tree of
 * them alone judges as the whole one, also where the policy would not load.
 */
export async function filesOfHost(tree: FileTree): Promise<Map<string, Uint8Array>> {
  const { recorder, files } = recording(tree);
  try {
    const host = await findHost(recorder);
    if (host) await readMaterials(requirementsOf(host.policy), recorder);
  } catch (error) {
    if (!(error instanceof LockstepError && error.code === 'config')) throw error;
  }
  return files;
}

/** The same tree, which notes what is read of it. */
function recording(tree: FileTree): { recorder: FileTree; files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  const read = async (path: string) => {
    const content = await tree.read(path);
    files.set(path.replace(/^\/+/, ''), content);
    return content;
  };
  const recorder: FileTree = {
    name: tree.name,
    list: (prefix) => tree.list(prefix),
    read,
    async *readMany(paths) {
      for (const path of paths) {
        const content = await readIfThere(recorder, path);
        if (content) yield { path, content };
      }
    },
  };
  return { recorder, files };
}

function requirementsOf({ default: other, transports }: Policy): Requirement[] {
  const scopes = [...transports.values()].flatMap((scopes) => [...scopes.values()]);
  return [...other, ...scopes.flat()];
}
