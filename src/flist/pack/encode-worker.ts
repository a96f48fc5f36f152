import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { BLOCK_SIZE, type BlockCodec, openBlockCodec } from '../block/codec.ts';
import type { BlockTask, EncodeAnswer, EncodeTask } from './encode-crew.ts';

/** What is read into, block after block: nothing of it is needed once it is encoded. */
const READ = Buffer.allocUnsafeSlow(BLOCK_SIZE);

void openBlockCodec().then((codec) =>
  parentPort?.on('message', (tasks: EncodeTask[]) => {
    const answer = encodeAll(tasks, codec);
    const buffers = 'blocks' in answer ? answer.blocks.map(({ stored }) => stored.buffer) : [];
    parentPort?.postMessage(answer, buffers as ArrayBuffer[]);
  }),
);

function encodeAll(tasks: readonly EncodeTask[], codec: BlockCodec): EncodeAnswer {
  try {
    return {
      blocks: tasks.map((task) => codec.encode('content' in task ? task.content : readBlock(task))),
    };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

/** Always the whole block: a read may give less than was asked for. */
function readBlock({ path, at, length, size, mtime }: BlockTask): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const stats = fstatSync(file);
    const content = READ.subarray(0, length);
    let done = 0;
    for (let read = 1; done < length && read > 0; done += read)
      read = readSync(file, content, done, length - done, at + done);
    if (done < length || stats.size !== size || Math.floor(stats.mtimeMs / 1000) !== mtime)
      throw new Error(`${path} changed while it was packed`);
    return content;
  } finally {
    closeSync(file);
  }
}
