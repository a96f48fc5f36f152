import { dataOf } from './data-url.ts';
import { goUrl } from './go-url.ts';

/** A scheme that a version can fetch from. */
export type Scheme = 'http' | 'https' | 'tftp' | 'gs' | 's3' | 'arn' | 'data';

/** What is wrong with the URL of something that is fetched; undefined when nothing is. */
export function urlProblem(text: string, schemes: readonly Scheme[]): string | undefined {
  const url = goUrl(text);
  if (!url) return 'this is no URL';
  if (!schemes.includes(url.scheme as Scheme))
    return `the scheme must be one of ${schemes.join(', ')}`;
  if (url.scheme === 'arn') return arnProblem(text) ?? versionProblem(url.query);
  if (url.scheme === 's3') return versionProblem(url.query);
  if (url.scheme === 'data') return dataProblem(text);
  return undefined;
}

/** The same where no URL, or an empty one, will do. */
export function optionalUrlProblem(
  text: string | undefined,
  schemes: readonly Scheme[],
): string | undefined {
  return text ? urlProblem(text, schemes) : undefined;
}

function versionProblem(query: string): string | undefined {
  const version = new URLSearchParams(query).get('versionId');
  return version === '' ? 'versionId names no version' : undefined;
}

function arnProblem(text: string): string | undefined {
  const arn = text.replace(/[?#].*$/, '');
  const sections = arn.split(':');
  const resource = sections.slice(5).join(':');
  const steps = arn.split('/').length;
  const isS3 = sections.length >= 6 && sections[2] === 's3';
  const named = steps >= (resource.startsWith('accesspoint/') ? 3 : 2);
  return isS3 && named ? undefined : 'this ARN names no object of S3';
}

function dataProblem(text: string): string | undefined {
  return dataOf(text) ? undefined : 'the data URL cannot be read';
}
