import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { ReadWorkflow } from './project.ts';

type Result = 'success' | 'failure' | 'cancelled' | 'skipped';

/** What happens to a run: how it began, and what becomes of each job that starts. */
export interface Happening {
  event: string;
  ref: string;
  inputs?: Record<string, unknown>;
  /** Result of a job when it starts (default success). */
  results?: Record<string, Result>;
  outputs?: Record<string, Record<string, string>>;
  /** True when somebody cancels the run after its first job. */
  cancelled?: boolean;
}

const STATUS = ['success', 'failure', 'cancelled', 'always'];

/**
 * The result of every job of a run, `skipped` for those that do not start. Conditions are evaluated
 * by GitHub's own library; that a condition without a status function means `success() && …` is
 * from "Expressions", "Status check functions".
 */
export function happen(workflow: ReadWorkflow, happening: Happening): Record<string, Result> {
  const results: Record<string, Result> = {};
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const needs = Object.fromEntries(
      (job.needs ?? []).map((need) => [
        need,
        {
          result: results[need],
          outputs: results[need] === 'skipped' ? {} : (happening.outputs?.[need] ?? {}),
        },
      ]),
    );
    const cancelled = (happening.cancelled ?? false) && Object.keys(results).length > 0;
    const before = ancestors(workflow, name).map((ancestor) => results[ancestor]);
    const condition = job.if?.replace(/^\$\{\{(.*)\}\}$/s, '$1') ?? 'true';
    const full = /\b(?:success|failure|cancelled|always)\(\)/.test(condition)
      ? condition
      : `success() && (${condition})`;
    const starts = evaluate(full, {
      github: { event_name: happening.event, ref: happening.ref, ref_type: 'branch' },
      inputs: happening.inputs ?? {},
      needs,
      status: {
        success: !cancelled && before.every((result) => result === 'success'),
        failure: before.includes('failure'),
        cancelled,
        always: true,
      },
    });
    results[name] = starts ? (happening.results?.[name] ?? 'success') : 'skipped';
  }
  return results;
}

interface Contexts {
  status: Record<string, boolean>;
  [context: string]: unknown;
}

/** Whether an expression holds, by `@actions/expressions`. */
export function evaluate(expression: string, { status, ...contexts }: Contexts): boolean {
  const { tokens } = new Lexer(expression).lex();
  const functions = STATUS.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(status[name] ?? false),
  }));
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known = new Map(functions.map((one) => [one.name, one]));
  const result = new Evaluator(parsed, dataOf(contexts) as data.Dictionary, known).evaluate();
  return !['false', '0', '', 'null'].includes(result.coerceString());
}

function dataOf(value: unknown): data.ExpressionData {
  return JSON.parse(JSON.stringify(value), data.reviver) as data.ExpressionData;
}

function ancestors(workflow: ReadWorkflow, name: string): string[] {
  const needs = workflow.jobs[name]?.needs ?? [];
  return [...new Set(needs.flatMap((need) => [need, ...ancestors(workflow, need)]))];
}
