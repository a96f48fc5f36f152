import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../system/process.ts';

/** statfs(2). */
const FUSE_SUPER_MAGIC = 0x65735546;
const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

/** `lockstep flist mount` in a process of its own; the mount goes when its scope ends. */
export class TestMount implements AsyncDisposable {
  readonly target: string;
  readonly cache: string;
  #server: ChildProcess;

  /** `folder`: where the place of the mount and the cache are made. */
  constructor(manifest: string, folder: string, ...options: string[]) {
    this.target = join(folder, 'mnt');
    this.cache = join(folder, 'cache');
    const args = ['flist', 'mount', '-m', manifest, '-c', this.cache, ...options, this.target];
    this.#server = spawn(LOCKSTEP, args, { stdio: 'ignore' });
  }

  async ready(): Promise<this> {
    for (let tries = 0; tries < 1200; tries++) {
      const mounts = readFileSync('/proc/self/mounts', 'utf8');
      if (mounts.includes(` ${this.target} fuse.lockstep `) && (await this.#answers())) return this;
      await delay(25);
    }
    throw new Error('the mount never came');
  }

  #answers(): Promise<boolean> {
    // Names may come from what the kernel remembers; this one asks the server. A mount that has
    // just been taken away leaves the folder below it, which answers, too.
    return statfs(this.target).then(
      ({ type }) => type === FUSE_SUPER_MAGIC,
      () => false,
    );
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#server.exitCode != null || this.#server.signalCode != null) return;
    const ended = once(this.#server, 'exit');
    this.#server.kill(signal);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    await run('umount', ['-l', this.target]);
  }
}
