import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { checkModule, type ModuleCheck } from './check-module.ts';
import type { CrewAnswer, CrewTask } from './crew.ts';
import { type InspectedModule, inspectModule } from './inspect.ts';
import { providersOf } from './providers.ts';

/** A worker of the crew: keeps what it has read, so that little has to cross between threads. */
const inspected: InspectedModule[] = [];

parentPort?.on('message', (task: CrewTask) => {
  const answer: CrewAnswer = task.type === 'read' ? read(task) : check(task);
  parentPort?.postMessage(answer, []);
});

function read({ files, kernel, options }: Extract<CrewTask, { type: 'read' }>): CrewAnswer {
  const exports = files.flatMap(({ file, place, content }) => {
    const bytes = content ?? readFileSync(place ?? file);
    const module = inspectModule({ file, content: bytes }, kernel, options);
    inspected.push(module);
    return module.module?.exports ?? [];
  });
  return { type: 'exports', exports };
}

function check({ kernel, others }: Extract<CrewTask, { type: 'check' }>): CrewAnswer {
  const around = { loaded: providersOf([]), available: providersOf(others) };
  const checks: ModuleCheck[] = inspected.map((module) => checkModule(module, kernel, around));
  return { type: 'checks', checks };
}
