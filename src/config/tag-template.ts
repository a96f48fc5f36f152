/** What a stable tag may be made of: the characters of tags and these words in braces. */
const PART = /\{(?<word>os_version|kernel|module\.[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*)\}|[\w.-]/gy;

/** How long a template may be; the values take up to this much more. */
const LENGTH = 110;

/** Tags that mean something else in the repository of an OS image (docs/artifacts.md). */
const OWN = [
  /^(?:candidate|base|builder|inputs|followed|run|intent|key|br|sha256)-/,
  // An audit tag; what hosts follow may begin the same.
  /^stable-.+-[0-9a-f]{7,}$/,
];

/** The values that stand for the words of a template. */
export interface TagValues {
  osVersion: string;
  kernel: string;
  /** Versions by the name of the module. */
  modules: Readonly<Record<string, string>>;
}

/** What is wrong with the template of a stable tag; undefined when nothing is. */
export function templateProblem(template: string): string | undefined {
  const parts = [...template.matchAll(PART)];
  const whole = parts.map(([text]) => text).join('') === template;
  if (!whole || template === '' || /^[.-]/.test(template) || template.length > LENGTH)
    return 'must be a tag; {os_version}, {kernel} and {module.NAME} stand for what the image holds';
  const modules = Object.fromEntries(modulesIn(template).map((name) => [name, '1-0000000']));
  const worst = { osVersion: '1', kernel: '6.1.0-0000000', modules };
  return isOwnTag(expandTemplate(template, worst))
    ? 'could be taken for a tag of another meaning (docs/artifacts.md)'
    : undefined;
}

/** True for tags that lockstep gives to other things than what hosts follow. */
export function isOwnTag(tag: string): boolean {
  return OWN.some((pattern) => pattern.test(tag));
}

/** Names of the modules that a template speaks of. */
export function modulesIn(template: string): string[] {
  return wordsIn(template).flatMap((word) => /^module\.(.+)$/.exec(word)?.[1] ?? []);
}

/** True for a tag that moves from kernel to kernel, as hosts follow it. */
export function isMoving(template: string): boolean {
  return wordsIn(template).every((word) => word === 'os_version');
}

/** The text for these values, which may hold what tags cannot. */
export function expandTemplate(template: string, values: TagValues): string {
  return template.replaceAll(PART, (text: string, word?: string) => {
    if (word === 'kernel') return values.kernel;
    // Without a dash in it one can tell where the version ends.
    if (word === 'os_version') return values.osVersion.replaceAll('-', '_');
    return word == null ? text : (values.modules[word.slice('module.'.length)] ?? '');
  });
}

/** Tells whether a tag can have come of a template. */
export function fitsTemplate(tag: string, template: string): boolean {
  if (isOwnTag(tag) && !isOwnTag(template)) return false;
  // Where nothing else tells them from other people's tags, a version begins with a digit.
  const isBare = template === '{os_version}';
  const pattern = template.replaceAll(PART, (text: string, word?: string) => {
    if (word === 'os_version') return isBare ? '\\d[\\w.]*' : '[\\w.]+';
    return word == null ? text.replace('.', '\\.') : '[\\w.-]+';
  });
  return new RegExp(`^${pattern}$`).test(tag);
}

function wordsIn(template: string): string[] {
  return [...template.matchAll(PART)].flatMap(({ groups }) => groups?.word ?? []);
}
