import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startGuarded } from '../../src/system/process.ts';

/** A TPM 2 of software, on a socket that QEMU takes. */
export interface Tpm extends AsyncDisposable {
  /** Arguments of QEMU that put it into the guest. */
  arguments: readonly string[];
}

/** Starts one whose state is in the folder; the same folder is the same TPM. */
export async function startTpm(state: string): Promise<Tpm> {
  await mkdir(state, { recursive: true });
  const socket = join(state, 'socket');
  const words = ['socket', '--tpm2', '--flags', 'not-need-init'];
  const places = ['--tpmstate', `dir=${state}`, '--ctrl', `type=unixio,path=${socket}`];
  const swtpm = startGuarded('swtpm', [...words, ...places]);
  while (!existsSync(socket)) await setTimeout(20);
  return {
    arguments: [
      '-chardev',
      `socket,id=tpm,path=${socket}`,
      '-tpmdev',
      'emulator,id=tpm0,chardev=tpm',
      '-device',
      'tpm-tis,tpmdev=tpm0',
    ],
    [Symbol.asyncDispose]: async () => {
      swtpm.kill();
      await swtpm.exited;
    },
  };
}
