import { startGuarded } from '../../system/process.ts';
import { freePort, listens } from './docker-registry.ts';

/** go-containerregistry's registry, which keeps everything in memory, on a loopback port. */
export async function serveByCrane(program: string): Promise<AsyncDisposable & { host: string }> {
  const host = `127.0.0.1:${await freePort()}`;
  const server = startGuarded(program, ['registry', 'serve', '--address', host], {
    env: { PATH: process.env.PATH },
  });
  server.stdout.resume();
  server.stderr.resume();
  if (!(await listens(Number(host.split(':')[1])))) throw new Error('crane did not start');
  return {
    host,
    async [Symbol.asyncDispose]() {
      server.kill();
      await server.exited;
    },
  };
}
