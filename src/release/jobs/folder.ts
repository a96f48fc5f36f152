import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { writeWhole } from '../../system/write-whole.ts';
import { type Inputs, parseInputs } from '../inputs/inputs.ts';
import { PlanDocument } from './document.ts';

/** The plan in its folder. */
const PLAN_FILE = 'plan.json';

/** Bytes of a file of a plan that are read. */
const LIMIT = 64 << 20;

/** Where the inputs of a stream stand in the folder, for people too: `lockstep run --replay FILE`. */
function inputsFile(stream: string): string {
  return `inputs/${stream}.json`;
}

/** Writes inputs into the folder of a plan; the digest of the file. */
export async function saveInputs(folder: string, inputs: Inputs): Promise<Digest> {
  const bytes = Buffer.from(`${JSON.stringify(inputs)}\n`);
  await writeWhole(join(folder, inputsFile(inputs.stream)), bytes);
  return digestOf(bytes);
}

/** Writes the plan itself, last: a folder with it is whole. */
export async function savePlan(folder: string, plan: PlanDocument): Promise<void> {
  await writeWhole(join(folder, PLAN_FILE), Buffer.from(`${JSON.stringify(plan, null, 2)}\n`));
}

/** Reads a plan; throws `not-found` where none was saved, `config` for one that cannot be read. */
export async function loadPlan(folder: string): Promise<PlanDocument> {
  const path = join(folder, PLAN_FILE);
  const parsed = PlanDocument.safeParse(jsonOf(await readLimited(path), path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LockstepError('config', `${path}: ${issue?.path.join('.')}: ${issue?.message}`, {
    hint: 'plan again with this version of lockstep',
  });
}

/** Reads the inputs of a stream as they were planned; throws `digest-mismatch` for other ones. */
export async function loadInputs(folder: string, stream: string, digest: Digest): Promise<Inputs> {
  const path = join(folder, inputsFile(stream));
  const bytes = await readLimited(path);
  if (digestOf(bytes) === digest) return parseInputs(bytes.toString('utf8'), path);
  throw new LockstepError('digest-mismatch', `${path} is not what was planned`, {
    context: { path, expected: digest, found: digestOf(bytes) },
    hint: 'take the folder as the job that planned has left it',
  });
}

async function readLimited(path: string): Promise<Buffer> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new LockstepError('not-found', `there is no ${path}`, {
      context: { path },
      hint: 'the job that plans saves it: lockstep plan --matrix --save DIR',
    });
  }
  if (found.size <= LIMIT) return readFile(path);
  throw new LockstepError('limit-exceeded', `${path} is larger than ${LIMIT} bytes`);
}

function jsonOf(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new LockstepError('config', `${path}: not JSON: ${(cause as Error).message}`, { cause });
  }
}
