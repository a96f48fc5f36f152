import { expand, type Macros } from './macros.ts';

/** A file that a spec names as a source or a patch. */
export interface SpecSource {
  /** `Source0`, `Patch1`. */
  tag: string;
  /** As it stands there. */
  text: string;
  /** With macros expanded; undefined where only rpmbuild can tell. */
  value?: string;
  /** It stands in a condition, which only rpmbuild can decide. */
  conditional: boolean;
}

/** The part of a spec file that can be read without running it. */
export interface Spec {
  name?: string;
  version?: string;
  sources: SpecSource[];
  /** Packages that every build of it needs, kernel headers left out. */
  requires: string[];
}

/** Directories whose macros are the same everywhere. */
const KNOWN = { nil: '', _bindir: '/usr/bin' };

const DEFINITION = /^\s*%(global|define)\s+(\w+)(\(\S*\))?\s*(.*)$/s;
const TAG = /^([A-Za-z]+\d*)(?:\([\w,]+\))?\s*:\s*(.*?)\s*$/;

/** Sections with tags in them: the start of the file, and what `%package` begins. */
const SECTION =
  /^%(package|description|prep|generate_buildrequires|build|install|check|clean|files|changelog|pre|post|preun|postun|pretrans|posttrans|trigger\w*)\b/;

/** What kernel and farms have in other ways: headers are chosen for the one kernel. */
const NOT_FOR_US = /^(?:kernel(?:-(?:core|devel|headers|modules).*)?$|buildsys-build-)/;

/**
 * Reads the tags of a spec file. Macros that it defines plainly are expanded; what stands in
 * conditions and what shell or Lua decide is left to rpmbuild, in the builder, where foreign code
 * belongs.
 */
export function readSpec(text: string): Spec {
  const macros: Macros = new Map(Object.entries(KNOWN));
  const spec: Spec = { sources: [], requires: [] };
  let section = 'start';
  let conditions = 0;
  for (const line of logicalLines(text)) {
    if (/^\s*%if/.test(line)) conditions += 1;
    else if (/^\s*%endif\b/.test(line)) conditions -= 1;
    section = SECTION.exec(line)?.[1] ?? section;
    define(line, macros, conditions > 0);
    const place = { conditional: conditions > 0, isMain: section === 'start' };
    if (section === 'start' || section === 'package') readTag(line, { spec, macros, ...place });
  }
  const [name, version] = ['name', 'version'].map((tag) => expand(`%{${tag}}`, macros));
  return { ...spec, ...(name && { name }), ...(version && { version }) };
}

/** Lines without comments; what a backslash or an open brace of a definition continues is one line. */
function* logicalLines(text: string): Generator<string> {
  let lines: string[] = [];
  let braces = 0;
  for (const line of text.split(/\r?\n/)) {
    if (lines.length === 0 && line.startsWith('#')) continue;
    lines.push(line);
    braces = openBraces(line, braces);
    const isOpen = braces > 0 && DEFINITION.test(lines[0] ?? '');
    if (isOpen || line.endsWith('\\')) continue;
    yield lines.join('\n');
    lines = [];
    braces = 0;
  }
  if (lines.length > 0) yield lines.join('\n');
}

/** How many braces are open behind a line, of those before it and its own. */
function openBraces(line: string, before: number): number {
  let open = before;
  for (const [brace] of line.matchAll(/[{}]/g)) open = Math.max(0, open + (brace === '{' ? 1 : -1));
  return open;
}

function define(line: string, macros: Macros, conditional: boolean): void {
  const [, kind, name = '', parameters, body = ''] = DEFINITION.exec(line) ?? [];
  if (!kind) {
    // Elsewhere in a line it is one of several bodies, or may not be defined at all.
    for (const [, , hidden = ''] of line.matchAll(/%(global|define|undefine)\s+(\w+)/g))
      macros.set(hidden, undefined);
    return;
  }
  const isPlain = !conditional && parameters == null && !body.includes('\n');
  const value =
    kind === 'global' ? expand(body.trim(), macros)?.replaceAll('%', '%%') : body.trim();
  macros.set(name, isPlain ? value : undefined);
}

interface Reading {
  spec: Spec;
  macros: Macros;
  conditional: boolean;
  /** The tags are those of the main package. */
  isMain: boolean;
}

function readTag(line: string, { spec, macros, conditional, isMain }: Reading): void {
  const [, tag = '', text = ''] = TAG.exec(line) ?? [];
  const key = tag.toLowerCase();
  if (/^(?:source|patch)\d*$/.test(key)) {
    const value = expand(text, macros);
    spec.sources.push({ tag, text, ...(value != null && { value }), conditional });
  } else if (key === 'buildrequires' && !conditional) {
    spec.requires.push(...packagesIn(expand(text, macros)));
  } else if (isMain && /^(?:name|version|release|epoch|url)$/.test(key)) {
    const body = conditional ? undefined : expand(text, macros)?.replaceAll('%', '%%');
    for (const name of [key, key.toUpperCase()]) macros.set(name, body);
  }
}

/** Names in a list of requirements; rpmbuild holds what is installed against their versions. */
function packagesIn(list = ''): string[] {
  const names = list.replaceAll(/[<>=]+\s*\S+/g, ' ').split(/[\s,]+/);
  return names.filter((name) => /^[\w/]\S*$/.test(name) && !NOT_FOR_US.test(name));
}
