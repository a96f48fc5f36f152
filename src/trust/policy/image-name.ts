/** The name of an image in full, as containers-image compares them (docker/reference). */
export interface ImageName {
  /** Host and path: `docker.io/library/busybox`, `example.org:5000/owner/image`. */
  name: string;
  tag?: string;
  digest?: string;
}

const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `${LABEL}(?:\\.${LABEL})*(?::[0-9]+)?`;
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = `${PART}(?:/${PART})*`;
const FULL = new RegExp(
  `^(${DOMAIN}/${PATH})(?::(\\w[\\w.-]{0,127}))?(?:@((?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})))?$`,
);
const PREFIX = new RegExp(`^(?:${DOMAIN}|${DOMAIN}/${PATH})$`);

/** Longest name, host included (docker/reference, `NameTotalLengthMax`). */
const LONGEST = 255;
const LONGEST_TEXT = 1024;

/**
 * Reads a name as Docker's tools do: without a host it is one of docker.io, whose images without a
 * namespace are in `library`. Undefined for what is none.
 */
export function parseImageName(text: string): ImageName | undefined {
  if (text.length > LONGEST_TEXT || /^[a-f0-9]{64}$/.test(text)) return undefined;
  const [, name = '', tag, digest] = FULL.exec(withDomain(text)) ?? [];
  if (name === '' || name.length > LONGEST) return undefined;
  return { name, ...(tag == null ? {} : { tag }), ...(digest == null ? {} : { digest }) };
}

/** The name as it is written in full. */
export function formatImageName({ name, tag, digest }: ImageName): string {
  return `${name}${tag == null ? '' : `:${tag}`}${digest == null ? '' : `@${digest}`}`;
}

/** True for a name that says neither tag nor digest. */
export function isNameOnly({ tag, digest }: ImageName): boolean {
  return tag == null && digest == null;
}

/** True for what `remapIdentity` may exchange: a host, or a name below one. */
export function isNamePrefix(text: string): boolean {
  return text.length <= LONGEST_TEXT && PREFIX.test(text);
}

function withDomain(text: string): string {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const named = slash >= 0 && (/[.:]/.test(first) || first === 'localhost');
  const said = named ? first : 'docker.io';
  const rest = named ? text.slice(slash + 1) : text;
  const domain = said === 'index.docker.io' ? 'docker.io' : said;
  return domain === 'docker.io' && !rest.includes('/')
    ? `docker.io/library/${rest}`
    : `${domain}/${rest}`;
}
