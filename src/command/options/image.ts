import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { type CommonOptions, commonOptions } from './project.ts';

/** Adds the options of the commands that look into one image. */
export function imageOptions(command: Command) {
  return commonOptions(command)
    .option('--platform <os/arch>', 'which image of an index', 'linux/amd64')
    .option('--stream', 'read layers from their beginning, believe no table of contents')
    .option('--plain-http', 'speak HTTP without TLS to the registry');
}

/** What those options say. */
export interface ImageOptions extends CommonOptions {
  platform: string;
  stream?: true;
  plainHttp?: true;
}

/** Reads a number of the command line. */
export function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
