/** How a run or a job ended. */
export type Result = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed-out' | 'unknown';

/** One run of a workflow, in the words of no engine. */
export interface Run {
  id: number;
  /** The number that people see. */
  number: number;
  /** File of the workflow, from the root of the repository. */
  file: string;
  /** `push`, `schedule`, … in the words of the engine. */
  event: string;
  /** Branch or tag. */
  ref: string;
  commit: string;
  state: 'waiting' | 'running' | 'done';
  /** Once it is done. */
  result?: Result;
  /** ISO 8601. */
  created: string;
  /** For people. */
  page: string;
}

/** A job of a run. */
export interface Job {
  id: number;
  name: string;
  state: Run['state'];
  result?: Result;
  /** Name of the step of the CI file at which it failed, where the engine tells. */
  failedAt?: string;
  page?: string;
}

/** A file of the engine, and whether its schedule and events start it. */
export interface WorkflowState {
  file: string;
  /** What `enable` needs to switch it on; of GitLab that of a schedule. */
  id: number;
  name: string;
  /** Undefined when it is on; otherwise who or what switched it off. */
  off?: 'by hand' | 'for inactivity' | 'in a fork';
}

/** What is started by hand. */
export interface Start {
  file: string;
  ref: string;
  inputs: Readonly<Record<string, string>>;
}

/** What lockstep asks of a CI engine about runs. */
export interface RunsApi {
  /** Starts a run; undefined where the engine does not tell which one it became. */
  start(start: Start): Promise<Pick<Run, 'id'> | undefined>;
  /** The newest runs first. */
  runs(limit: number, of?: { file: string; ref: string }): Promise<Run[]>;
  run(id: number): Promise<Run>;
  jobs(run: Run): Promise<Job[]>;
  /** The log of a job, or its end; undefined where there is none. */
  log(run: Run, job: Job): Promise<string | undefined>;
  cancel(run: Run): Promise<void>;
  /** Files and schedules that can be switched off; undefined where the engine does not tell. */
  workflows(): Promise<WorkflowState[] | undefined>;
  enable(workflow: WorkflowState): Promise<void>;
}
