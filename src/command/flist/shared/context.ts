import { resolve } from 'node:path';
import { connectionFor } from '../../../flist/store/connection.ts';
import type { StoreConnection } from '../../../flist/store/request.ts';
import { parseRoute, type Route } from '../../../flist/store/route.ts';
import type { Finding } from '../../../system/finding.ts';
import type { Context } from '../../context/context.ts';
import { findingLines } from '../../render/finding.ts';

/** How stores are reached from this process. */
export function connectionOf({ env, signal }: Context): StoreConnection {
  return connectionFor({ env, signal });
}

/** The stores of the command line. */
export function routesOf(texts: readonly string[]): Route[] {
  return texts.map(parseRoute);
}

/** A file of the command line. */
export function fileOf({ cwd }: Context, path: string): string {
  return resolve(cwd, path);
}

/** Tells findings on standard error. */
export function tellFindings({ stderr }: Context, findings: readonly Finding[]): void {
  for (const finding of findings)
    for (const line of findingLines(finding)) stderr.write(`${line}\n`);
}
