import type { Command } from '@commander-js/extra-typings';
import { type CommonOptions, commonOptions } from './project.ts';

/** Adds the options of every command that looks at signatures of an image. */
export function trustOptions(command: Command) {
  return commonOptions(command).option('--plain-http', 'speak HTTP without TLS to the registry');
}

/** What those options say. */
export interface TrustOptions extends CommonOptions {
  plainHttp?: true;
}

/** Where a password is read from unless told. */
export const PASSWORD = 'env:COSIGN_PASSWORD';
