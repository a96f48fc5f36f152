import { LockstepError } from '../../system/error.ts';
import type { Transport } from './transport.ts';

export interface OriginOptions {
  transport: Transport;
  /** Speak plain HTTP although the host is not this machine. */
  plainHttp: boolean;
  signal?: AbortSignal;
}

/** True for hosts that can only be this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
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
  return (await speaksHttp(host, options)) ? new URL(`http://${host}`) : new URL(`https://${host}`);
}

async function speaksHttp(host: string, { transport, signal }: OriginOptions): Promise<boolean> {
  const url = new URL(`http://${host}/v2/`);
  try {
    const response = await transport({ method: 'GET', url, ...(signal ? { signal } : {}) });
    response.discard();
    // Servers that expect TLS answer 400 to plain text, when they answer at all.
    return response.status !== 400;
  } catch (error) {
    if (error instanceof LockstepError && String(error.context.reason).startsWith('HPE_'))
      return false;
    throw error;
  }
}
