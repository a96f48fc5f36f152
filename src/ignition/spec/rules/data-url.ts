import { bytesOfBase64 } from '../../text/base64.ts';

/*
 * Data URLs (RFC 2397) as the library reads them that Ignition takes (vincent-petithory/dataurl):
 * media types of known kinds, and in the data only what a URL may hold.
 */
const TOKEN = String.raw`[!#$&'*+.0-9A-Z^_\x60a-z{|}~-]`;
const KINDS = '(?:[xX]-|text|image|audio|video|application|message|multipart)';
const HEX = String.raw`[\da-fA-F]`;
/** What Go's strconv.Unquote takes between quotes. */
const QUOTED = String.raw`"(?:[^"\\\n\x80-\uffff]|\\(?:[abfnrtv\\"]|x${HEX}{2}|[0-3][0-7]{2}|u${HEX}{4}|U${HEX}{8}))*"`;
const VALUE = `(?:(?:${TOKEN}|%${HEX}{2})+|${QUOTED})`;
const NAME = `(?:${TOKEN}|%)`;
const HEAD = new RegExp(`^data:(?:${KINDS}${NAME}*/${NAME}*)?(?:;${NAME}+=${VALUE})*(;base64)?,`);
/** Longer (UTF-16 units) the words before the data of a data URL are not. */
const HEAD_LENGTH = 65_536;

// oxlint-disable-next-line no-control-regex
const NO_DATA = /[^\x21\x24-\x3b=\x3f-Z_a-z~]|%(?![\da-fA-F]{2})/;
const NO_BASE64 = /[^A-Za-z0-9+/=]/;

/** The contents of a data URL; undefined when it is none. */
export function dataOf(text: string): Buffer | undefined {
  const [head, base64] = HEAD.exec(text.slice(0, HEAD_LENGTH)) ?? [];
  if (head == null) return undefined;
  const data = text.slice(head.length);
  if (base64 != null) return NO_BASE64.test(data) ? undefined : bytesOfBase64(data);
  return NO_DATA.test(data) ? undefined : unescape(data);
}

function unescape(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (!text.includes('%')) return bytes;
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const escaped = bytes[at] === 0x25;
    bytes[length++] = escaped
      ? Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16)
      : (bytes[at] ?? 0);
    if (escaped) at += 2;
  }
  return bytes.subarray(0, length);
}
