import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Stands before a server as far away as a round trip of that many milliseconds: what is said takes
 * half of it each way, and nothing can be said before a connection has made its own round trip.
 */
export async function startSlowLink(port: number, roundTrip: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const opened = performance.now() + roundTrip;
    const far = connect(port, '127.0.0.1');
    const later = (to: Socket, act: () => void) =>
      setTimeout(
        () => to.writable && act(),
        Math.max(0, opened - performance.now()) + roundTrip / 2,
      );
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => later(to, () => to.write(bytes)));
      from.on('end', () => later(to, () => to.end()));
      from.on('error', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
