import { parentPort } from 'node:worker_threads';
import type { CrewAnswer, CrewTask } from './crew.ts';
import { Inspector } from './inspector.ts';

/** A worker of the crew: keeps what it has read, so that little has to cross between threads. */
const inspector = new Inspector();

parentPort?.on('message', (task: CrewTask) => {
  parentPort?.postMessage(answer(task), []);
});

function answer(task: CrewTask): CrewAnswer {
  if (task.type === 'check') {
    return { type: 'checks', checks: inspector.check(task.kernel, task.others) };
  }
  const { files, kernel, options } = task;
  return {
    type: 'exports',
    exports: files.flatMap((file) => inspector.read(file, kernel, options)),
  };
}
