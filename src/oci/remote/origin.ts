import { LockstepError } from '../../system/error.ts';
import { UNTRUSTED } from './certificate.ts';
import { isLoopback } from './retry.ts';
import type { Transport } from './transport.ts';

export interface OriginOptions {
  transport: Transport;
  /** Speak plain HTTP although the host is not this machine. */
  plainHttp: boolean;
  signal?: AbortSignal;
}

/**
 * Where a registry answers: `https`, `http` when that was said, and on this machine whichever of
 * the two it speaks. Nothing secret is sent to find out.
 */
export async function findOrigin(host: string, options: OriginOptions): Promise<URL> {
  // The registry called docker.io lives elsewhere; every client knows this by heart.
  if (host === 'docker.io') return new URL('https://registry-1.docker.io');
  if (options.plainHttp) return new URL(`http://${host}`);
  if (!isLoopback(host)) return new URL(`https://${host}`);
  const http = new URL(`http://${host}`);
  const https = new URL(`https://${host}`);
  try {
    return (await speaksHttp(host, options)) ? http : https;
  } catch (error) {
    // A server that wants TLS may close the line on plain text; any other may too, once.
    if (reasonOf(error) === 'ECONNRESET' && (await speaksTls(https, options))) return https;
    throw error;
  }
}

async function speaksTls(origin: URL, { transport, signal }: OriginOptions): Promise<boolean> {
  const url = new URL('/v2/', origin);
  try {
    (await transport({ method: 'GET', url, ...(signal ? { signal } : {}) })).discard();
    return true;
  } catch (error) {
    return error instanceof LockstepError && error.code === UNTRUSTED;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof LockstepError ? String(error.context.reason) : '';
}

async function speaksHttp(host: string, { transport, signal }: OriginOptions): Promise<boolean> {
  const url = new URL(`http://${host}/v2/`);
  try {
    const response = await transport({ method: 'GET', url, ...(signal ? { signal } : {}) });
    response.discard();
    // Servers that expect TLS answer 400 to plain text, when they answer at all.
    return response.status !== 400;
  } catch (error) {
    if (reasonOf(error).startsWith('HPE_')) return false;
    throw error;
  }
}
