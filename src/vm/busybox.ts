import { readFile } from 'node:fs/promises';
import { LockstepError } from '../system/error.ts';
import { requireProgram } from '../system/program.ts';
import { type Machine, machineOfProgram } from './machine.ts';

const LOADER_SEGMENT = 3;

/**
 * The machine's own busybox, which runs before the image's root is there and so must need
 * nothing else. Throws `program-missing` when there is none or it is not statically linked.
 */
export async function readBusybox(machine: Machine, env: NodeJS.ProcessEnv): Promise<Buffer> {
  const path = requireProgram('busybox', env);
  const program = await readFile(path);
  if (program.readUInt32BE(0) !== 0x7f454c46 || needsLoader(program)) {
    throw new LockstepError('program-missing', `${path} is not statically linked`, {
      hint: 'install the package busybox-static',
    });
  }
  const own = machineOfProgram(program.readUInt16LE(18));
  if (own?.architecture === machine.architecture) return program;
  throw new LockstepError(
    'unsupported',
    `the image is for ${machine.architecture}, but this machine's busybox is not`,
    { hint: `verify this image on a machine of ${machine.architecture}` },
  );
}

/** True when a 64-bit ELF program has a PT_INTERP segment (System V gABI, "Program Header"). */
function needsLoader(program: Buffer): boolean {
  const table = Number(program.readBigUInt64LE(32));
  const size = program.readUInt16LE(54);
  const count = program.readUInt16LE(56);
  for (let index = 0; index < count; index++) {
    if (program.readUInt32LE(table + index * size) === LOADER_SEGMENT) return true;
  }
  return false;
}
