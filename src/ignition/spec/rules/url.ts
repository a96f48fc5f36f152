import { bytesOfBase64 } from '../../text/base64.ts';
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

const TOKEN = String.raw`[A-Za-z0-9!#$&+.^_\x60{}~%'*-]+`;
const HEAD = new RegExp(
  String.raw`^data:(?:${TOKEN}/${TOKEN})?(?:;${TOKEN}=(?:${TOKEN}|"(?:[^"\\]|\\.)*"))*(;base64)?,`,
);
/** Longer (UTF-16 units) the words before the data of a data URL are not. */
const HEAD_LENGTH = 65_536;

/** The contents of a data URL (RFC 2397); undefined when it is none. */
export function dataOf(text: string): Buffer | undefined {
  const [head, base64] = HEAD.exec(text.slice(0, HEAD_LENGTH)) ?? [];
  if (head == null) return undefined;
  const bytes = unescape(text.slice(head.length));
  if (!bytes || base64 == null) return bytes;
  return bytesOfBase64(bytes.toString('latin1').replaceAll(/[\r\n]/g, ''));
}

function unescape(text: string): Buffer | undefined {
  if (!text.includes('%')) return Buffer.from(text, 'utf8');
  if (/%(?![\da-fA-F]{2})/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'utf8');
  const result = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const escaped = bytes[at] === 0x25;
    result[length++] = escaped
      ? Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16)
      : (bytes[at] ?? 0);
    if (escaped) at += 2;
  }
  return result.subarray(0, length);
}

function dataProblem(text: string): string | undefined {
  return dataOf(text) ? undefined : 'the data URL cannot be read';
}
