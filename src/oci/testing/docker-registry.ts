import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, startGuarded } from '../../system/process.ts';
import { findProgram } from '../../system/program.ts';
import { temporaryFolder } from '../../system/temporary.ts';

export interface RegistryServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** A folder of the server's that goes with it. */
  folder: string;
  /** PEM file of the authority to trust, with TLS. */
  certificateFile?: string;
}

export interface RegistryServerOptions {
  /** Demand this login. */
  login?: { username: string; password: string };
  tls?: boolean;
  /** Refuse to delete anything, as most set-ups do (default false). */
  keepsAll?: boolean;
}

/** Why the server cannot run here; undefined when it can. */
export function whyNoRegistry(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return findProgram('docker-registry', env) ? undefined : 'docker-registry is not installed';
}

/** Debian's docker-registry on a loopback port with an empty store of its own. */
export async function startDockerRegistry(
  options: RegistryServerOptions = {},
): Promise<RegistryServer> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = join(folder.path, 'config.json');
  const certificateFile = options.tls ? makeCertificate(folder.path) : undefined;
  await mkdir(join(folder.path, 'store'));
  await writeFile(config, JSON.stringify(configOf(folder.path, port, options)));
  if (options.login) await writeFile(join(folder.path, 'htpasswd'), htpasswd(options.login));
  const program = findProgram('docker-registry', process.env) ?? 'docker-registry';
  const server = startGuarded(program, ['serve', config], { env: { PATH: process.env.PATH } });
  let said = '';
  server.stdout.resume();
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const up = await listens(port);
  if (!up) throw new Error(`docker-registry did not start: ${lastLines(said, 5)}`);
  return {
    host,
    folder: folder.path,
    ...(certificateFile ? { certificateFile } : {}),
    async [Symbol.asyncDispose]() {
      server.kill();
      await server.exited;
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === 'object' && address ? address.port : 0;
}

function configOf(folder: string, port: number, options: RegistryServerOptions): object {
  const certificate = join(folder, 'tls.crt');
  const key = join(folder, 'tls.key');
  return {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(folder, 'store') },
      delete: { enabled: options.keepsAll !== true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: 'for tests',
      ...(options.tls ? { tls: { certificate, key } } : {}),
    },
    ...(options.login
      ? { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }
      : {}),
  };
}

/** docker-registry takes bcrypt alone; crypt(3) of this system makes it. */
function htpasswd({ username, password }: { username: string; password: string }): string {
  const script = 'print crypt($ARGV[0], q($2y$04$abcdefghijklmnopqrstuu))';
  const hash = execFileSync('perl', ['-e', script, password], { encoding: 'utf8' });
  return `${username}:${hash}\n`;
}

export function makeCertificate(folder: string): string {
  const [key, certificate] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
  const subject = ['-subj', '/CN=registry', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const kind = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...files], { stdio: 'pipe' });
  return certificate;
}

/** Waits until somebody listens on a port of this machine; false when nobody does. */
export async function listens(port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return true;
    await sleep(50);
  }
  return false;
}
