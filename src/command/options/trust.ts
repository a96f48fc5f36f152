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

/** Adds the options of the commands that sign: with a key, keyless, or both. */
export function signerOptions(command: Command) {
  return trustOptions(command)
    .option('--key <source>', 'key file of cosign: env:NAME or a path')
    .option('--password <source>', 'what opens the key: env:NAME or a file', PASSWORD)
    .option('--keyless', 'sign as this job of GitHub Actions or GitLab CI')
    .option('--token <source>', 'identity token in its place: env:NAME or a file')
    .option('--fulcio <url>', 'service that certifies (default: that of sigstore)')
    .option('--rekor <url>', 'log of signatures (default: that of sigstore)')
    .option('--tsa <url>', 'service that tells the time (default: the log does)')
    .option('--root <file>', 'trusted_root.json, to tell what is signed keyless already');
}

/** What those options say. */
export interface SignerOptions extends TrustOptions {
  key?: string;
  password: string;
  keyless?: true;
  token?: string;
  fulcio?: string;
  rekor?: string;
  tsa?: string;
  root?: string;
}
