const USER_INFORMATION = /(\b[a-z][a-z0-9+.-]*:\/\/)(?!\[[A-Z]+@\])[^/\s"'<>]+@/gi;
const AUTHORIZATION = /\b(authorization["']?\s*[:=]\s*["']?(?:basic|bearer))\s+[^\s"']+/gi;

/** `token=…`, `X-Token: …`, `"token":"…"`; what follows `signature:` opens nothing, as that of a URL does. */
const NAMED =
  /((?:(?:password|passwd|secret|token|credential)[\w-]*["']?\s*[=:]|signature[\w-]*["']?\s*=)\s*["']?)([^\s&"']+)/gi;

/** What stands before the end of a repository's name: a host or `oci:`, and a folder at least. */
const REPOSITORY =
  /(?:^|[\s"'`(,;=])(?:docker:\/\/)?(?:oci:[^\s:"']*|localhost(?::\d+)?|[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+(?::\d+)?|[a-z0-9.-]+:\d+)(?:\/[a-z0-9._-]+)*\/[a-z0-9._-]*$/;

/** A tag, and what may stand behind it in a sentence. */
const TAG = /^\w[\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?[).,;:`]*$/;

/**
 * Masks user information in URLs and values that follow a credential's name. `[USER@]` in the form of
 * an address is none, nor is the tag of a repository that is called `HOST/…token`.
 */
export function redact(text: string): string {
  return text
    .replace(USER_INFORMATION, '$1***@')
    .replace(AUTHORIZATION, '$1 ***')
    .replace(NAMED, (all: string, name: string, value: string, at: number, whole: string) =>
      /[\w-]:$/.test(name) &&
      TAG.test(value) &&
      REPOSITORY.test(whole.slice(Math.max(0, at - 300), at))
        ? all
        : `${name}***`,
    );
}
