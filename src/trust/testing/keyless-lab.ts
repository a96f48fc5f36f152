import { join } from 'node:path';
import { type RegistryServer, startDockerRegistry } from '../../oci/testing/docker-registry.ts';
import { acceptedForIdentity, type Clients, findClients, writeTrusted } from './clients.ts';
import { aToken, type Sigstore, startSigstore } from './sigstore.ts';

/** Whom the certificates of a test name, and who vouches for it. */
export const JOB = {
  identity: 'https://ci.example.org/zfs/.github/workflows/run.yml@refs/heads/main',
  issuer: 'https://token.example.org',
} as const;

/** A registry, a stand-in of sigstore, and clients that trust both. */
export interface KeylessLab extends AsyncDisposable {
  server: RegistryServer;
  sigstore: Sigstore;
  clients: Clients;
  /** Of the clients; `root.json` in it says what to trust. */
  folder: string;
  /** What of both cosigns accepts an image of the registry (`NAME@DIGEST`) as signed by somebody. */
  acceptedFor(image: string, who?: { identity: string; issuer: string }): Promise<string[]>;
}

/** Throws when a client cannot be had. */
export async function openKeylessLab(): Promise<KeylessLab> {
  const [server, sigstore] = await Promise.all([startDockerRegistry(), startSigstore()]);
  const folder = join(server.folder, 'clients');
  const clients = await findClients(folder);
  if ('why' in clients) throw new Error(clients.why);
  await writeTrusted(folder, sigstore);
  return {
    server,
    sigstore,
    clients,
    folder,
    acceptedFor: (image, who = JOB) =>
      acceptedForIdentity(clients, `${server.host}/${image}`, { ...who, folder }),
    async [Symbol.asyncDispose]() {
      await sigstore[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The token that the job has, or a job of another name. */
export function jobToken(identity: string = JOB.identity): string {
  return aToken({ sub: identity, iss: JOB.issuer });
}
